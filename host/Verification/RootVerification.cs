using System.Globalization;
using System.Text.Json;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Host.Verification;

/// <summary>
/// Checks that a hub root is whole, as after a restore, whose parts may be of different times: documents are valid, tables have their files, runs have
/// their documents, and offsets, history and tables tell of the same runs, and streams have lost and doubled nothing. One table, page of runs or pipeline is in memory at a time.
/// </summary>
internal sealed class RootVerification : IDisposable
{
    // Maintenance may follow a run's commit, but is not done without end before another run comes.
    private const int CommitsLookedAt = 50;

    private readonly HubRoot root;
    private readonly RunHistory history;
    private readonly CancellationToken ct;

    /// <summary>Prepares to check.</summary>
    public RootVerification(HubRoot root, CancellationToken ct)
    {
        (this.root, this.ct) = (root, ct);
        history = new RunHistory(root, new RunDocuments(root.Storage), TimeProvider.System);
    }

    /// <summary>Documents looked at so far.</summary>
    public int Documents { get; private set; }

    /// <summary>Tables looked at so far.</summary>
    public int Tables { get; private set; }

    /// <summary>Data files looked at so far.</summary>
    public long Files { get; private set; }

    /// <summary>Runs looked at so far.</summary>
    public long Runs { get; private set; }

    /// <summary>Pipelines with offsets looked at so far.</summary>
    public int Offsets { get; private set; }

    /// <summary>Streams looked at so far.</summary>
    public int Streams { get; private set; }

    /// <summary>Everything that is wrong, as it is found.</summary>
    public IEnumerable<Finding> Run() =>
        CheckDocuments().Concat(CheckTables()).Concat(CheckRuns()).Concat(CheckOffsets()).Concat(CheckStreams());

    /// <inheritdoc/>
    public void Dispose() => history.Dispose();

    private IEnumerable<Finding> CheckDocuments()
    {
        using var validator = new DocumentValidator(root);
        foreach (var document in Enum.GetValues<DocumentKind>().SelectMany(root.Documents))
        {
            ct.ThrowIfCancellationRequested();
            Documents++;
            foreach (var wrong in validator.Validate(document).Where(f => f.Severity == Severity.Error))
                yield return new(
                    "documents",
                    wrong.Location.ToString(),
                    wrong.Message,
                    wrong.Hint ?? "'hub validate' shows it in its place"
                );
        }
    }

    private IEnumerable<Finding> CheckTables()
    {
        var pending = SourceState.List(root).Select(s => SourceState.Load(root, s.Pipeline).Pending?.RunId).OfType<string>().ToHashSet();
        foreach (var folder in DeltaTable.FindTables(root.Storage, "data"))
        {
            ct.ThrowIfCancellationRequested();
            Tables++;
            var table = new DeltaTable(root.Storage, folder);
            var (snapshot, broken) = Open(table);
            if (broken is not null)
                yield return broken;
            if (snapshot is null)
                continue;
            Files += snapshot.Files.Count;
            foreach (var problem in snapshot.CheckFiles())
                yield return new(
                    "tables",
                    $"{folder}/{problem.Path}",
                    $"the file {problem.Problem}, and version {snapshot.Version} of the table needs it",
                    "bring it from the backup (or undelete it), or restore the table to a version that does not need it: 'hub tables restore'"
                );
            if (UnknownRun(table, snapshot, pending) is { } unknown)
                yield return unknown;
        }
    }

    private static (Snapshot? Snapshot, Finding? Broken) Open(DeltaTable table)
    {
        try
        {
            return table.TryRead() is { } snapshot
                ? (snapshot, null)
                : (null, new("tables", table.Path, "its log has no commit that can be read", "bring its _delta_log from the backup"));
        }
        catch (LakeException e)
        {
            return (null, new("tables", table.Path, TableName.Explain(e), "bring what is damaged or gone from the backup"));
        }
    }

    /// <summary>The last run that changed the table's rows, if neither the history nor a pipeline's state knows it: they are older than the table.</summary>
    private Finding? UnknownRun(DeltaTable table, Snapshot snapshot, HashSet<string> pending)
    {
        var last = table
            .CommitsAfter(Math.Max(-1, snapshot.Version - CommitsLookedAt))
            .LastOrDefault(commit => commit.ChangesRows && commit.Info["runId"] is not null);
        return last?.Info["runId"]?.ToString() is { } runId && !pending.Contains(runId) && history.PipelineReports(runId, ct).Count == 0
            ? new(
                "offsets",
                table.Path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"version {last.Version} was made by run {runId}, which the history does not know: data/ops is older than the table"
                ),
                "bring data/ops from the same time as the tables; else what was read since may be read again"
            )
            : null;
    }

    private IEnumerable<Finding> CheckRuns()
    {
        var revisions = new RevisionStore(root.Storage);
        var known = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            ct.ThrowIfCancellationRequested();
            var page = history.Page(new RunFilter(), cursor, RunHistory.LargestPage, ct);
            if (cursor is null)
                foreach (var damaged in page.Damaged)
                    yield return new("runs", damaged, "it is not the JSON of a run", "bring it from the backup, or delete it");
            foreach (var run in page.Runs)
            {
                Runs++;
                foreach (var document in run.Documents.Where(d => known.Add(d.Revision)))
                    if (Missing(revisions, document) is { } missing)
                        yield return missing with
                        {
                            Place = $"run {run.RunId}",
                        };
            }
            cursor = page.Next;
        } while (cursor is not null);
    }

    private static Finding? Missing(RevisionStore revisions, PinnedDocument document)
    {
        try
        {
            revisions.Read(document.Address, document.File, document.Revision);
            return null;
        }
        catch (RunException e)
        {
            return new("runs", "", e.Message, "bring data/ops/revisions from the backup; until then the run cannot go on or be done again");
        }
    }

    private IEnumerable<Finding> CheckOffsets()
    {
        foreach (var (pipeline, file) in SourceState.List(root))
        {
            ct.ThrowIfCancellationRequested();
            Offsets++;
            if (SourceState.Load(root, pipeline).LastRunId is not { } runId)
                continue;
            if (history.PipelineReports(runId, ct) is not [var newest, ..])
            {
                yield return new(
                    "offsets",
                    file,
                    $"it is of run {runId}, which the history does not know: the history is older than the offsets",
                    "bring all of data/ops from one time"
                );
                continue;
            }
            foreach (var target in Report(newest).Targets.Where(t => t.Version is not null))
                if (Behind(target) is { } problem)
                    yield return new(
                        "offsets",
                        file,
                        $"run {runId} of {pipeline} is noted as done, but {problem}: its rows are lost, and would not be read again",
                        $"bring the table from the backup, or take the run back with 'hub runs undo', or delete {file}, which reads all sources from their beginning"
                    );
        }
    }

    /// <summary>How a table is older than what a run made of it; null if it is not, or the target is no table.</summary>
    private string? Behind(TargetReport target)
    {
        const string prefix = "table ";
        if (
            !target.Place.StartsWith(prefix, StringComparison.Ordinal)
            || TableName.Parse(target.Place[prefix.Length..], "") is not { } table
        )
            return null;
        var (snapshot, _) = Open(new DeltaTable(root.Storage, table.Folder));
        var made = $"{target.Place}, of which it made version {target.Version},";
        return snapshot is null ? $"{made} is not there"
            : snapshot.Version < target.Version ? $"{made} is at version {snapshot.Version}"
            : null;
    }

    private IEnumerable<Finding> CheckStreams()
    {
        foreach (var document in root.Documents(DocumentKind.Stream))
        {
            ct.ThrowIfCancellationRequested();
            Streams++;
            foreach (var finding in Prove(document))
                yield return finding;
        }
    }

    /// <summary>What is not proven of a stream. One whose document is wrong, or whose table does not open, was told of before.</summary>
    private IReadOnlyList<Finding> Prove(HubDocument document)
    {
        try
        {
            return
            [
                .. StreamVerification
                    .Run(root, StreamFile.Read(root, document), ct: ct)
                    .Where(check => !check.IsProven)
                    .Select(check => new Finding(
                        "streams",
                        check.Partition is { } partition ? $"{check.Table}, {partition}" : check.Table,
                        $"it is not proven that {check.What}: {check.Detail}",
                        "bring the tables of the stream from one time; what their source still keeps is read again from where the raw table is"
                    )),
            ];
        }
        catch (Exception e) when (e is InvalidDocumentException or LakeException)
        {
            return [];
        }
    }

    private static RunReport Report(string json)
    {
        try
        {
            return RunRecord.FromJson(json);
        }
        catch (JsonException e)
        {
            throw new RunException($"the record of a run is damaged: {e.Message}", "bring data/ops/runs from the backup", inner: e);
        }
    }
}
