namespace ServerlessHub.Pipelines.Definitions;

/// <summary>The declaration of the document <c>pipeline</c>: its frame is here, its sources, steps and targets are what is registered.</summary>
public static class PipelineSpec
{
    /// <summary>The layers, in the order in which data passes them.</summary>
    public static IReadOnlyList<string> Layers { get; } = ["staging", "standardization", "service"];

    internal static ElementSpec Parameter { get; } =
        new("parameter", "A value that a run is given. SQL takes it as `:name`, paths and attributes as `${name}`.")
        {
            IsFixed = true,
            Attributes =
            [
                new("name", AttributeKind.Identifier, "Its name.") { Required = true },
                new("type", AttributeKind.Type, "Its type.") { Default = "string" },
                new("default", AttributeKind.Text, "The value it has when a run gives none."),
                new("required", AttributeKind.Boolean, "Whether a run must give it.") { Default = "false" },
            ],
            Example = """<parameter name="country" type="string" default="CH"/>""",
        };

    private static readonly ElementSpec Metadata = new("metadata", "Who owns the pipeline, and when it runs.")
    {
        IsFixed = true,
        Children =
        [
            new(Text("owner", "The team or application that answers for it.")),
            new(Text("sla", "How long after its scheduled time a run may end.", AttributeKind.Duration)),
            new(
                Text("schedule", "When it runs: minute, hour, day of month, month, day of week.", AttributeKind.Cron) with
                {
                    Attributes =
                    [
                        new("timeZone", AttributeKind.TimeZone, "The zone the schedule is in, and its windows.") { Default = "UTC" },
                    ],
                    Example = """<schedule timeZone="Europe/Zurich">0 6 * * MON-FRI</schedule>""",
                }
            ),
            new(Text("description", "What it is for.")),
            new(Text("tags", "Words to find it by, separated by commas.")),
        ],
    };

    private static readonly ElementSpec Triggers = new("triggers", "What starts the pipeline besides its schedule and a person.")
    {
        IsFixed = true,
        Children =
        [
            new(
                Trigger(
                    "onFile",
                    "Starts it when a file comes.",
                    new("path", AttributeKind.Path, "The files that count, as a source names them.")
                ),
                Max: null
            ),
            new(Trigger("onTable", "Starts it when a table was written.", new("table", AttributeKind.Table, "The table.")), Max: null),
            new(Trigger("onEvent", "Starts it when an event is raised.", new("name", AttributeKind.Name, "The event's name.")), Max: null),
        ],
    };

    /// <summary>The declaration with these sources, transformations and targets.</summary>
    public static ElementSpec Of(IEnumerable<ElementSpec> sources, IEnumerable<ElementSpec> steps, IEnumerable<ElementSpec> targets) =>
        new("pipeline", "Reads sources, transforms what was read, and writes the result to targets.")
        {
            IsFixed = true,
            AnyOrder = false,
            Attributes =
            [
                new("id", AttributeKind.Name, "Its name, unique within the application and layer.") { Required = true },
                new("version", AttributeKind.Version, "Its version, for people: every accepted revision is kept under its own hash.")
                {
                    Required = true,
                },
                new("layer", AttributeKind.Choice, "The layer it belongs to; the folder it lies in must agree.")
                {
                    Required = true,
                    Choices = Layers,
                },
            ],
            Children =
            [
                new(Metadata),
                new(
                    new ElementSpec("parameters", "The values that a run is given.")
                    {
                        IsFixed = true,
                        Children = [new(Parameter, Max: null)],
                    }
                ),
                new(Triggers),
                new(Section("sources", "What is read. A source that no target needs is not.", sources) with { LeastChildren = 1 }, Min: 1),
                new(Section("transformations", "What is done to it, step by step; absent, it goes straight to the target.", steps)),
                new(Section("targets", "What is written.", targets) with { LeastChildren = 1 }, Min: 1),
            ],
        };

    private static ElementSpec Section(string name, string summary, IEnumerable<ElementSpec> kinds) =>
        new(name, summary) { Children = [.. kinds.Select(k => new ChildSpec(k, Max: null))] };

    private static ElementSpec Text(string name, string summary, AttributeKind kind = AttributeKind.Text) =>
        new(name, summary)
        {
            IsFixed = true,
            Content = ContentKind.Text,
            TextKind = kind,
        };

    private static ElementSpec Trigger(string name, string summary, AttributeSpec what) =>
        new(name, summary) { IsFixed = true, Attributes = [what with { Required = true }] };
}
