namespace ServerlessHub.Pipelines.Definitions;

/// <summary>The declaration of the document <c>pipeline</c>: its frame is here, its sources, steps and targets are what is registered.</summary>
public static class PipelineSpec
{
    /// <summary>The layers, in the order in which data passes them.</summary>
    public static IReadOnlyList<string> Layers { get; } = ["staging", "standardization", "service"];

    private const string SourceDetails = """
        A path is relative to the hub root; an address with a scheme, such as `s3://landing/customer/*.csv`, is looked up in
        `config/mounts.json`, which leads each beginning of one to a folder, or to an address in Azure storage. An absolute path, and one that leaves the
        root, are refused. A `schemaRef` is looked for in the folder of the document's layer, then in `config/common`; what it may be stands in
        [schemas](schemas.md).
        """;

    private const string StepDetails = """
        A step rebinds the dataset it names: after `<sort source="a" …/>`, `a` is the sorted one; a join rebinds its `left`. With `id="b"` it
        makes a new dataset `b` and leaves its input as it was. A name means its latest binding above, in the order of the document. What does not
        depend on each other may run side by side.

        An expression is SQL as DuckDB reads it, with identifiers in `"…"`. It is bound against the columns in scope when the document is validated, and
        reaches no file, no network and no setting. A column is found by its exact name, else without regard to case if only one fits.
        """;

    private const string TargetDetails = """
        A target writes the dataset its `source` names; without it, the one that was bound last. A file target's path is relative to
        `data/applications/<app>/`; `%Y %m %d %j %H %M %S` are replaced by the parts of `runTime` in UTC, and `%%` is a percent sign.
        """;

    private const string ParameterDetails = """
        SQL and expressions take a parameter as `:name`: its value is bound, never pasted into the text. Where a colon could mean something else, as in
        `list[1:n]`, put the parameter in parentheses: `list[1:(:n)]`. The values of sources, steps and targets take it as `${name}`; `$${` stands for
        `${` itself. Names, datasets and SQL take no `${name}`.

        Always there are `runDate` (date), `runTime` (timestamp), `runId`, `app`, `layer`, `pipeline` (string) and `attempt` (int). A run
        may give the first two; `runDate` is else the date of `runTime` in UTC.
        """;

    /// <summary>The declaration with these sources, transformations and targets.</summary>
    public static ElementSpec Of(IEnumerable<ElementSpec> sources, IEnumerable<ElementSpec> steps, IEnumerable<ElementSpec> targets) =>
        new("pipeline", "Reads sources, transforms what was read, and writes the result to targets.")
        {
            IsFixed = true,
            AnyOrder = false,
            Attributes = [DocumentFrame.Id, DocumentFrame.Version, DocumentFrame.Layer],
            Children =
            [
                new(DocumentFrame.Metadata),
                new(DocumentFrame.Parameters(ParameterDetails)),
                new(DocumentFrame.Triggers),
                new(
                    Section("sources", "What is read. A source that no target needs is not.", SourceDetails, sources) with
                    {
                        LeastChildren = 1,
                    },
                    Min: 1
                ),
                new(
                    Section(
                        "transformations",
                        "What is done to it, step by step; absent, it goes straight to the target.",
                        StepDetails,
                        steps
                    )
                ),
                new(Section("targets", "What is written.", TargetDetails, targets) with { LeastChildren = 1 }, Min: 1),
            ],
        };

    private static ElementSpec Section(string name, string summary, string details, IEnumerable<ElementSpec> kinds) =>
        new(name, summary) { Details = details, Children = [.. kinds.Select(k => new ChildSpec(k, Max: null))] };
}
