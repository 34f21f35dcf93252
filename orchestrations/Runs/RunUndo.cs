using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// Takes back what a run did: every Delta table that it committed to is what it was before, in a commit of its own, and the pipelines' incremental
/// sources are as unread as they were. Where a later run has built on it, nothing is changed. Interrupted, it is simply done again.
/// </summary>
/// <param name="root">The hub root.</param>
/// <param name="history">Knows where the run's pipelines wrote.</param>
/// <param name="time">The clock.</param>
public sealed class RunUndo(HubRoot root, RunHistory history, TimeProvider time)
{
    private const string Folder = "data/ops/undo";

    /// <summary>What undoing a run would do, or why it cannot be undone. Changes nothing.</summary>
    /// <param name="run">The run, with its nodes.</param>
    /// <exception cref="RunException">A document cannot be read.</exception>
    /// <exception cref="LakeException">A table is damaged.</exception>
    public UndoPlan Plan(JobRun run) =>
        run.HasEnded ? Inspect(run).Plan : new(run.RunId, [], [], [], [$"run {run.RunId} goes on; cancel it, or wait until it has ended"]);

    /// <summary>Undoes a run, and writes down that it was.</summary>
    /// <param name="run">The run, with its nodes.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="ct">Ends it; what is undone stays so, and the rest is done when it is called again.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="RunException">It cannot be undone, and nothing was changed; or another run changed a table meanwhile, or a run of a pipeline is going on.</exception>
    /// <exception cref="LakeException">A table is damaged, or files of its earlier version are gone; nothing was changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public UndoRecord Undo(JobRun run, string by, CancellationToken ct = default)
    {
        var locks = new List<StorageLock>();
        try
        {
            foreach (var pipeline in Pipelines(run))
                locks.Add(RunLock.Take(root, pipeline.Address));
            var (plan, committed) = Inspect(run);
            if (!run.HasEnded || plan.Refusals.Count > 0)
                throw new RunException($"run {run.RunId} cannot be undone: {string.Join("; ", plan.Refusals)}", "nothing was changed");
            var record = new UndoRecord(run.RunId, by, time.GetUtcNow(), plan.Tables, plan.Others, IsComplete: false);
            Write(record);
            Restore(run.RunId, by, plan.Tables, ct);
            foreach (var pipeline in Pipelines(run))
                SourceState.Load(root, pipeline.Address).TakeBack([.. pipeline.RunIds.Where(committed.Contains)]);
            record = record with { IsComplete = true };
            Write(record);
            return record;
        }
        finally
        {
            foreach (var taken in locks)
                taken.Dispose();
        }
    }

    /// <summary>What is written down of the undoing of a run; null if it was not undone.</summary>
    /// <exception cref="RunException">It is damaged, or cannot be read.</exception>
    public UndoRecord? Find(string runId)
    {
        var file = FileOf(runId);
        if (RunDocuments.Try(file, root.Storage.Read) is not { } json)
            return null;
        try
        {
            return JsonSerializer.Deserialize<UndoRecord>(json, DurableJson.Options);
        }
        catch (JsonException e)
        {
            throw new RunException($"{file} is damaged: {e.Message}", "delete it, and undo the run again", inner: e);
        }
    }

    /// <summary>The plan, and those of the run's pipeline runs that committed to a table: what only these had read is to be read again.</summary>
    private (UndoPlan Plan, HashSet<string> Committed) Inspect(JobRun run)
    {
        var pipelines = Pipelines(run);
        var runIds = pipelines.SelectMany(p => p.RunIds).ToHashSet();
        var (tables, refusals, committed) = (new List<TableUndo>(), new List<string>(), new HashSet<string>());
        foreach (var app in pipelines.Select(p => p.Address.App).Distinct())
        foreach (var folder in DeltaTable.FindTables(root.Storage, $"data/applications/{app}"))
            if (RunCommits.Find(new DeltaTable(root.Storage, folder, time), runIds) is { } commits)
            {
                committed.UnionWith(commits.RunIds);
                tables.Add(commits.Undo(TokenOf(run.RunId)));
                if (commits.WhyNot(TokenOf(run.RunId)) is { } reason)
                    refusals.Add(reason);
            }
        foreach (var (address, ids) in pipelines)
            if (SourceState.Load(root, address).WhyNotTakenBack([.. ids.Where(committed.Contains)]) is { } reason)
                refusals.Add(reason);
        // What was written last goes first.
        TableUndo[] ordered = [.. tables.OrderByDescending(t => t.At).ThenBy(t => t.Table, StringComparer.Ordinal)];
        var readers = TableReaders.Of(root, [.. ordered.Where(t => !t.IsDone).Select(t => t.Table)]);
        return (new(run.RunId, ordered, [.. runIds.SelectMany(Others).Distinct()], readers, refusals), committed);
    }

    private static string TokenOf(string runId) => $"{runId}/undo";

    private static string FileOf(string runId) => $"{Folder}/{runId}.json";

    private void Write(UndoRecord record) =>
        RunDocuments.Try(FileOf(record.RunId), file => root.Storage.TryReplace(file, RunDocuments.ToJson(record), root.Storage.Find(file)));

    /// <summary>All tables are staged before the first is committed: one whose old files are gone leaves the others alone.</summary>
    private void Restore(string runId, string by, IReadOnlyList<TableUndo> tables, CancellationToken ct)
    {
        using var database = Database.Open(new DatabaseOptions { Threads = 1 });
        using var connection = database.Connect();
        var staged = new List<(TableUndo Table, StagedWrite Write)>();
        try
        {
            foreach (var table in tables.Where(t => !t.IsDone))
                staged.Add((table, Stage(connection, runId, by, table, ct)));
            foreach (var (table, write) in staged)
                if (write.Commit(ct) is CommitResult.Conflicted conflicted)
                    throw new RunException(
                        $"table {table.Table} was changed while run {runId} was undone: {conflicted.Reason}",
                        "undo it again",
                        isTransient: true
                    );
        }
        finally
        {
            foreach (var (_, write) in staged)
                write.Dispose();
        }
    }

    private StagedWrite Stage(Connection connection, string runId, string by, TableUndo undo, CancellationToken ct)
    {
        var options = new CommitOptions
        {
            TransactionId = TokenOf(runId),
            ReadVersion = undo.Now,
            CommitInfo = new Dictionary<string, string> { ["undo"] = runId, ["userName"] = by },
        };
        var table = new DeltaTable(root.Storage, undo.Table, time);
        return undo.RestoresTo is { } version
            ? table.StageRestore(options, version, ct: ct)
            : table.StageDelete(connection, null, options, ct);
    }

    /// <summary>What of the run cannot be undone: targets that are no Delta tables.</summary>
    private IEnumerable<string> Others(string runId) => history.PipelineReports(runId).SelectMany(Targets);

    private static IEnumerable<string> Targets(string json)
    {
        var targets = JsonDocument.Parse(json).RootElement.GetProperty("targets").EnumerateArray();
        return [.. targets.Where(t => !t.TryGetProperty("version", out _)).Select(t => t.GetProperty("place").GetString()!)];
    }

    /// <summary>The pipelines that ran in a run, each with the ids of its runs; what the run kept of an earlier one is not its own.</summary>
    private static IReadOnlyList<(DocumentAddress Address, IReadOnlyList<string> RunIds)> Pipelines(JobRun run) =>
        [
            .. run
                .Nodes.Where(n => n is { Kind: NodeKind.Pipeline, KeptFrom: null, Document: not null })
                .SelectMany(n => new[] { n.ChildRunId, n.FallbackRunId }.OfType<string>().Select(id => (n.Document, Id: id)))
                .GroupBy(n => n.Document!, n => n.Id)
                .Select(g => (Address(g.Key), (IReadOnlyList<string>)[.. g])),
        ];

    private static DocumentAddress Address(string document) =>
        document.Split('/') is [var app, var layer, var id]
            ? new(app, layer, id)
            : throw new ArgumentException($"'{document}' is no document: it is app/layer/id.", nameof(document));
}

/// <summary>What undoing a run does.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Tables">The tables, in the order in which they are restored.</param>
/// <param name="Others">Where else the run wrote, which cannot be undone: files and databases.</param>
/// <param name="Readers">The pipelines that read one of the tables, as <c>app/layer/id</c>: what they have made of its rows stays.</param>
/// <param name="Refusals">Why it cannot be done, with the names; empty if it can.</param>
public sealed record UndoPlan(
    string RunId,
    IReadOnlyList<TableUndo> Tables,
    IReadOnlyList<string> Others,
    IReadOnlyList<string> Readers,
    IReadOnlyList<string> Refusals
);

/// <summary>What is done to a table.</summary>
/// <param name="Table">Its folder in the hub root.</param>
/// <param name="Commits">The versions that the run made.</param>
/// <param name="Now">The version it has now.</param>
/// <param name="RestoresTo">The version whose rows it gets; null where the run made the table, which is emptied.</param>
/// <param name="At">When the run committed to it first.</param>
/// <param name="IsDone">Whether it is undone already.</param>
public sealed record TableUndo(string Table, IReadOnlyList<long> Commits, long Now, long? RestoresTo, DateTimeOffset At, bool IsDone);

/// <summary>What is written down of an undone run, as <c>data/ops/undo/&lt;run&gt;.json</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="By">Who wanted it.</param>
/// <param name="At">When.</param>
/// <param name="Tables">What was done to which tables.</param>
/// <param name="Others">Where else the run wrote, which stays as it is.</param>
/// <param name="IsComplete">Whether all of it was done; if not, undo it again.</param>
public sealed record UndoRecord(
    string RunId,
    string By,
    DateTimeOffset At,
    IReadOnlyList<TableUndo> Tables,
    IReadOnlyList<string> Others,
    bool IsComplete
);
