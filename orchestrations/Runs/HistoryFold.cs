using System.Text;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// Puts the documents of runs that have ended into the tables of the history, a row each, exactly once: first the rows, then the documents go. A
/// row that is there is not added again, so whoever comes after a crash, at whatever moment, simply does it all again; and a document that is
/// written once more after it was folded, by an activity whose host died, adds nothing either.
/// </summary>
public sealed class HistoryFold
{
    private const int Batch = 1000;

    private readonly ILakeStorage storage;
    private readonly RunDocuments documents;
    private readonly string workFolder;
    private readonly HistoryTable jobs;
    private readonly HistoryTable nodes;
    private readonly HistoryTable pipelines;

    /// <summary>Prepares the work.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="documents">The documents of the runs of jobs.</param>
    /// <param name="time">The clock.</param>
    public HistoryFold(HubRoot root, RunDocuments documents, TimeProvider time)
        : this(root.Storage, Path.Combine(root.Path, ".hub", "work"), documents, time) { }

    internal HistoryFold(ILakeStorage storage, string workFolder, RunDocuments documents, TimeProvider time)
    {
        (this.storage, this.workFolder, this.documents) = (storage, workFolder, documents);
        jobs = HistoryTable.OfJobs(storage, time);
        nodes = HistoryTable.OfNodes(storage, time);
        pipelines = HistoryTable.OfPipelines(storage, time);
    }

    /// <summary>Folds what has ended. One at a time does, of all that use the hub root.</summary>
    /// <returns>What was folded; nothing if somebody else is at it.</returns>
    /// <exception cref="RunException">The storage fails, or others change the tables all the time.</exception>
    /// <exception cref="Lake.LakeException">A table of the history is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is folded stays so.</exception>
    public FoldResult Run(CancellationToken ct = default)
    {
        using var turn = RunDocuments.Try(".hub/locks/history.lock", storage.TryLock);
        if (turn is null)
            return new(0, 0, []);
        using var database = Database.Open(new DatabaseOptions { Threads = 1 });
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'", ct);
        var listing = documents.List();
        var damaged = listing.Damaged.ToList();
        var (jobRuns, pipelineRuns) = (0L, 0L);
        foreach (var batch in listing.Runs.Where(r => r.HasEnded).Reverse().Chunk(Batch))
            jobRuns += FoldJobs(connection, batch, damaged, ct);
        foreach (var batch in RunDocuments.Try("data/ops/runs", _ => RunRecord.List(storage)).Chunk(Batch))
            pipelineRuns += FoldPipelines(connection, batch, damaged, ct);
        return new(jobRuns, pipelineRuns, damaged);
    }

    private long FoldJobs(Connection connection, IEnumerable<JobRun> batch, List<string> damaged, CancellationToken ct)
    {
        var runs = new List<JobRun>();
        foreach (var run in batch)
            if (Whole(run.RunId, damaged) is { HasEnded: true } whole)
                runs.Add(whole);
        // The nodes first: who finds the run finds all of it.
        nodes.Add(connection, workFolder, [.. runs.SelectMany(NodeRow.Of).Select(row => (row.Day, row))], ct);
        var added = jobs.Add(connection, workFolder, [.. runs.Select(JobRow.Of).Select(row => (row.Day, row))], ct);
        foreach (var run in runs)
            documents.Delete(run.RunId);
        return added;
    }

    private JobRun? Whole(string runId, List<string> damaged)
    {
        try
        {
            return documents.Find(runId);
        }
        catch (RunException e) when (e.InnerException is null)
        {
            damaged.Add(e.Message);
            return null;
        }
    }

    private long FoldPipelines(Connection connection, IEnumerable<StoredFile> batch, List<string> damaged, CancellationToken ct)
    {
        var records = new List<(StoredFile File, PipelineRow Row)>();
        foreach (var file in batch)
            if (Row(file, damaged) is { } row)
                records.Add((file, row));
        var added = pipelines.Add(connection, workFolder, [.. records.Select(r => (r.Row.Day, r.Row))], ct);
        foreach (var (file, _) in records)
            RunDocuments.Try(
                file.Path,
                _ =>
                {
                    RunRecord.Forget(storage, file);
                    return true;
                }
            );
        return added;
    }

    private PipelineRow? Row(StoredFile file, List<string> damaged)
    {
        if (RunDocuments.Try(file.Path, storage.Read) is not { } json)
            return null;
        try
        {
            return PipelineRow.Of(Encoding.UTF8.GetString(json));
        }
        catch (JsonException)
        {
            damaged.Add(file.Path);
            return null;
        }
    }
}

/// <summary>What was folded into the history.</summary>
/// <param name="JobRuns">Runs of jobs.</param>
/// <param name="PipelineRuns">Attempts of runs of pipelines.</param>
/// <param name="Damaged">Documents that cannot be read, which were left where they are, by their paths in the hub root.</param>
public sealed record FoldResult(long JobRuns, long PipelineRuns, IReadOnlyList<string> Damaged);
