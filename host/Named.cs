using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Finds what a person names on the command line.</summary>
internal static class Named
{
    private const string LastRun = "last";

    /// <summary>The one pipeline that a name means: an id, <c>app/layer/id</c>, or a file.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static HubDocument Pipeline(HubRoot root, string name) => Document(root, DocumentKind.Pipeline, name);

    /// <summary>The one job that a name means: an id, <c>app/layer/id</c>, or a file.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static HubDocument Job(HubRoot root, string name) => Document(root, DocumentKind.Job, name);

    /// <summary>The one stream that a name means: an id, <c>app/layer/id</c>, or a file.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static HubDocument Stream(HubRoot root, string name) => Document(root, DocumentKind.Stream, name);

    /// <summary>The one pipeline or job that a name means.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static HubDocument Document(HubRoot root, string name) => Document(root, name, [DocumentKind.Pipeline, DocumentKind.Job]);

    /// <summary>The one document that a name means, of whatever kind.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static HubDocument AnyDocument(HubRoot root, string name) => Document(root, name, Enum.GetValues<DocumentKind>());

    private static HubDocument Document(HubRoot root, string name, IReadOnlyList<DocumentKind> kinds)
    {
        var found = kinds.Select(kind => (Kind: kind, Documents: root.Find(kind, name))).Where(f => f.Documents.Count > 0).ToList();
        return found.Count switch
        {
            1 => Document(root, found[0].Kind, name),
            0 => throw NoDocument(root, name, kinds),
            _ => throw CommandException.Usage(
                $"a {string.Join(" and a ", found.Select(f => Word(f.Kind)))} are named '{name}'",
                $"say which: {string.Join(" or ", found.Select(f => f.Documents[0].File))}"
            ),
        };
    }

    /// <summary>The one event that documents wait for and a name means: its own name, or <c>app/name</c>.</summary>
    /// <exception cref="CommandException">There is none, or documents of several applications wait for one of this name.</exception>
    public static (string App, string Name) Event(HubRoot root, string name)
    {
        var events = new DocumentStarts(root).Events().Select(e => (e.Document.App, e.Trigger.Name)).Distinct().ToList();
        var found = events.Where(e => $"{e.App}/{e.Name}" == name || e.Name == name).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw CommandException.NotFound(
                $"no document waits for the event '{name}'",
                NearestName.Hint(name, events.SelectMany(e => new[] { $"{e.App}/{e.Name}", e.Name }))
                    ?? "a document that does has <onEvent name=\"…\"/> in its triggers"
            ),
            _ => throw CommandException.Usage(
                $"documents of {found.Count} applications wait for the event '{name}'",
                $"say which: {string.Join(" or ", found.Select(e => $"{e.App}/{e.Name}"))}"
            ),
        };
    }

    private static CommandException NoDocument(HubRoot root, string name, IReadOnlyList<DocumentKind> kinds)
    {
        var known = kinds.SelectMany(root.Documents).Select(d => d.Address).ToList();
        var names = known.Select(a => a.Id).Take(8).ToList();
        return CommandException.NotFound(
            $"there is neither a {string.Join(" nor a ", kinds.Select(Word))} '{name}'",
            NearestName.Hint(name, known.SelectMany(a => new[] { a.Id, a.ToString() }))
                ?? (
                    names.Count == 0
                        ? $"documents live in config/applications/<app>/<layer>/{string.Join(" and ", kinds.Select(k => Word(k) + "s/"))}"
                        : $"there are: {string.Join(", ", names)}{(known.Count > names.Count ? ", …" : "")}"
                )
        );
    }

    private static string Word(DocumentKind kind) => kind.ToString().ToLowerInvariant();

    private static HubDocument Document(HubRoot root, DocumentKind kind, string name)
    {
        try
        {
            return root.Document(kind, name);
        }
        catch (RunException e)
        {
            throw new CommandException(root.Find(kind, name).Count > 1 ? ExitCode.Usage : ExitCode.NotFound, e.Message, e.Hint);
        }
    }

    /// <summary>The one table that a name means: <c>app.layer.table</c>, <c>layer.table</c>, or the table's own name, as far as that is clear.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static TableName Table(HubRoot root, string name)
    {
        var found = root.FindTables(name);
        return found.Count switch
        {
            1 => found[0],
            0 => throw CommandException.NotFound(
                $"there is no table '{name}'",
                name.StartsWith($"{TableName.History}.", StringComparison.Ordinal)
                    ? "the history's tables are ops.job_runs, ops.node_runs and ops.pipeline_runs; they are made when runs of jobs have ended"
                    : NearestName.Hint(name, Tables(root).SelectMany(t => new[] { t.ToString(), $"{t.Layer}.{t.Table}", t.Table }))
                        ?? "'hub tables list' shows those that are there"
            ),
            _ => throw CommandException.Usage($"{found.Count} tables are named '{name}'", $"say which: {string.Join(" or ", found)}"),
        };
    }

    /// <summary>All tables of a hub root, those of its history last.</summary>
    public static IEnumerable<TableName> Tables(HubRoot root) =>
        root.Apps().SelectMany(app => PipelineSpec.Layers.SelectMany(layer => root.Tables(app, layer))).Concat(root.HistoryTables());

    /// <summary>The one run that a name means, with its nodes: its id, a beginning or an end of it that no other recent run has, or <c>last</c>.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static JobRun Run(RunHistory history, string name)
    {
        if (history.Find(name) is { } named)
            return named;
        var recent = history.Page(new RunFilter(), size: RunHistory.LargestPage).Runs;
        var found =
            name == LastRun
                ? recent.Where(r => r.ParentRunId is null).Take(1).ToList()
                : recent.Where(r => IsPartOf(name, r.RunId)).ToList();
        return found.Count switch
        {
            1 => history.Find(found[0].RunId)!,
            0 => throw CommandException.NotFound(
                name == LastRun ? "there is no run yet" : $"there is no run '{name}'",
                recent.Count == 0 ? "'hub run' starts one, of a job" : "'hub runs list' shows those that are there"
            ),
            _ => throw CommandException.Usage(
                $"{found.Count} runs are named '{name}'",
                $"say which: {string.Join(" or ", found.Take(8).Select(r => r.RunId))}{(found.Count > 8 ? " or …" : "")}"
            ),
        };
    }

    private static bool IsPartOf(string name, string runId) =>
        runId.StartsWith(name, StringComparison.Ordinal) || runId.EndsWith(name, StringComparison.Ordinal);
}
