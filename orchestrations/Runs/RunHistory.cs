using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// All runs there are and were: the documents of those that go on or have just ended, and the tables into which the others are folded. What a page
/// takes does not depend on how long the history is, for the tables are read from the newest day backwards until the page is full. One object
/// serves a whole process; any thread may use it.
/// </summary>
public sealed class RunHistory : IDisposable
{
    /// <summary>The most runs that a page has.</summary>
    public const int LargestPage = 1000;

    private readonly ILakeStorage storage;
    private readonly RunDocuments documents;
    private readonly DeltaTable jobs;
    private readonly DeltaTable nodes;
    private readonly DeltaTable pipelines;
    private readonly Database database = Database.Open();

    /// <summary>Opens the history of a hub root.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="documents">The documents of the runs of jobs.</param>
    /// <param name="time">The clock.</param>
    public RunHistory(HubRoot root, RunDocuments documents, TimeProvider time)
    {
        (storage, this.documents) = (root.Storage, documents);
        jobs = HistoryTable.OfJobs(root.Storage, time).Table;
        nodes = HistoryTable.OfNodes(root.Storage, time).Table;
        pipelines = HistoryTable.OfPipelines(root.Storage, time).Table;
    }

    /// <summary>A page of runs, newest first, without their nodes.</summary>
    /// <param name="filter">Which runs.</param>
    /// <param name="cursor">The cursor that the page before gave; null for the first page.</param>
    /// <param name="size">How many runs, up to <see cref="LargestPage"/>.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ArgumentException">The cursor is none, or the size is less than 1 or too large.</exception>
    /// <exception cref="RunException">The storage fails.</exception>
    /// <exception cref="LakeException">The history's table is damaged.</exception>
    public RunPage Page(RunFilter filter, string? cursor = null, int size = 50, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestPage);
        RunOrder? after = cursor is null ? null : RunOrder.Parse(cursor);
        // The documents first: a run that is folded in between is found in both, which does no harm, instead of in neither.
        var listing = documents.List();
        var runs = listing
            .Runs.Where(r => filter.Applies(r) && !(after?.CompareTo(RunOrder.Of(r)) <= 0))
            .Take(size + 1)
            .ToDictionary(r => r.RunId);
        foreach (var run in Folded(filter, after, size + 1, ct))
            runs.TryAdd(run.RunId, run);
        var sorted = runs.Values.ToList();
        sorted.Sort(RunOrder.NewestFirst);
        var page = sorted.Take(size).ToArray();
        return new(page, sorted.Count > size ? RunOrder.Of(page[^1]).ToString() : null, listing.Damaged);
    }

    /// <summary>A run with its nodes, or null if there is none of this id.</summary>
    /// <exception cref="RunException">Its document is damaged, or the storage fails.</exception>
    /// <exception cref="LakeException">The history's table is damaged.</exception>
    public JobRun? Find(string runId, CancellationToken ct = default)
    {
        if (!RunId.IsValid(runId))
            return null;
        if (documents.Find(runId) is { } live)
            return live;
        if (Lookup(jobs, runId, "queued", ct) is not [var json, ..])
            return null;
        var run = Parse<JobRun>(json);
        return run with { Nodes = FoldedNodes(run, ct) };
    }

    /// <summary>The reports of all attempts of a run of a pipeline, as JSON, the newest first.</summary>
    /// <exception cref="RunException">The storage fails.</exception>
    /// <exception cref="LakeException">The history's table is damaged.</exception>
    public IReadOnlyList<string> PipelineReports(string runId, CancellationToken ct = default)
    {
        if (!RunId.IsValid(runId))
            return [];
        var live = RunDocuments.Try(runId, id => RunRecord.Read(storage, id));
        var folded = Lookup(pipelines, runId, "attempt DESC, started", ct);
        return live is null || folded.Contains(live) ? folded : [live, .. folded];
    }

    /// <summary>How many runs there were, by the day on which they were accepted and where they stand, newest day first.</summary>
    /// <exception cref="RunException">The storage fails.</exception>
    /// <exception cref="LakeException">The history's table is damaged.</exception>
    public IReadOnlyList<RunCount> Counts(RunFilter filter, CancellationToken ct = default)
    {
        var live = documents.List().Runs;
        var counts = live.Where(filter.Applies)
            .GroupBy(r => (Day: DateOnly.FromDateTime(r.Queued.UtcDateTime), r.Status))
            .ToDictionary(g => g.Key, g => (long)g.Count());
        if (jobs.TryRead(ct: ct) is { } snapshot)
        {
            // Those that are folded at this moment are counted already.
            var others = live.Where(r => r.HasEnded).Select(r => Sql.Literal(r.RunId)).ToArray();
            var conditions =
                others.Length == 0 ? filter.Conditions() : filter.Conditions().Append($"run_id NOT IN ({string.Join(", ", others)})");
            using var connection = Connect();
            using var scan = snapshot.Scan(connection, [DaysOf(filter, null)]);
            using var result = connection.Query(
                $"SELECT CAST(day AS VARCHAR), status, count(*) FROM (\n{scan.Sql}\n) {Where(conditions)} GROUP BY ALL",
                ct
            );
            foreach (var row in result.Rows())
            {
                var key = (
                    DateOnly.Parse((string)row[0]!, CultureInfo.InvariantCulture),
                    Enum.Parse<JobStatus>((string)row[1]!, ignoreCase: true)
                );
                counts[key] = counts.GetValueOrDefault(key) + (long)row[2]!;
            }
        }
        return
        [
            .. counts
                .OrderByDescending(c => c.Key.Day)
                .ThenBy(c => c.Key.Status)
                .Select(c => new RunCount(c.Key.Day, c.Key.Status, c.Value)),
        ];
    }

    /// <summary>How long the last successful runs of a job took, and each of their nodes: what <see cref="Sla"/> predicts by.</summary>
    /// <exception cref="RunException">The storage fails.</exception>
    /// <exception cref="LakeException">The history's table is damaged.</exception>
    public RunDurations Durations(string app, string job, CancellationToken ct = default)
    {
        var filter = new RunFilter
        {
            App = app,
            Job = job,
            Statuses = [JobStatus.Completed],
        };
        var runs = Page(filter, size: Sla.Samples, ct: ct).Runs;
        // A run that keeps what another did takes less than one that does it.
        var whole = runs.Where(r => r.RerunOf is null).Select(r => r.Seconds).OfType<double>().ToArray();
        var byNode = runs.SelectMany(r => NodesOf(r, ct))
            .Where(n => n is { Status: NodeStatus.Succeeded, KeptFrom: null, Seconds: not null })
            .GroupBy(n => n.Node)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<double>)[.. g.Select(n => n.Seconds!.Value)]);
        return new(whole, byNode);
    }

    /// <summary>Closes the engine it reads with.</summary>
    public void Dispose() => database.Dispose();

    private IReadOnlyList<NodeRun> NodesOf(JobRun run, CancellationToken ct) => documents.Find(run.RunId)?.Nodes ?? FoldedNodes(run, ct);

    private List<NodeRun> FoldedNodes(JobRun run, CancellationToken ct)
    {
        var day = Day(DateOnly.FromDateTime(run.Queued.UtcDateTime));
        ColumnRange[] ranges = [new("day", day, day), Is(run.RunId)];
        return [.. Query(nodes, ranges, $"WHERE run_id = {Sql.Literal(run.RunId)} ORDER BY position", ct).Select(Parse<NodeRun>)];
    }

    /// <summary>The first runs after a place, of those that are folded.</summary>
    private List<JobRun> Folded(RunFilter filter, RunOrder? after, int wanted, CancellationToken ct)
    {
        var found = new List<JobRun>();
        if (jobs.TryRead(ct: ct) is not { } snapshot)
            return found;
        var conditions = filter.Conditions().ToList();
        if (after is { } place)
            conditions.Add(
                $"(queued < {Sql.Literal((object)place.Queued)} OR queued = {Sql.Literal((object)place.Queued)} AND run_id < {Sql.Literal(place.RunId)})"
            );
        using var connection = Connect();
        foreach (var files in DayWindows.Of(snapshot.Files, DaysOf(filter, after), wanted))
        {
            using var scan = snapshot.Scan(connection, files);
            using var result = connection.Query(
                $"SELECT document FROM (\n{scan.Sql}\n) {Where(conditions)} ORDER BY queued DESC, run_id DESC LIMIT {wanted - found.Count}",
                ct
            );
            found.AddRange(result.Rows().Select(row => Parse<JobRun>((string)row[0]!)));
            if (found.Count >= wanted)
                break;
        }
        return found;
    }

    private static ColumnRange DaysOf(RunFilter filter, RunOrder? after)
    {
        var last = after is { } place && !(filter.Until < place.Queued) ? place.Queued : filter.Until;
        return new("day", Day(filter.From), Day(last));

        static string? Day(DateTimeOffset? time) => time is { } t ? RunHistory.Day(DateOnly.FromDateTime(t.UtcDateTime)) : null;
    }

    /// <summary>The documents of an id. Most ids begin with their day, which says where to look first.</summary>
    private IReadOnlyList<string> Lookup(DeltaTable table, string runId, string newest, CancellationToken ct)
    {
        var rest = $"WHERE run_id = {Sql.Literal(runId)} ORDER BY {newest} DESC";
        if (
            runId.Length > 8
            && DateOnly.TryParseExact(runId.AsSpan(0, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day > DateOnly.MinValue
            && day < DateOnly.MaxValue
            && Query(table, [new("day", Day(day.AddDays(-1)), Day(day.AddDays(1))), Is(runId)], rest, ct) is { Count: > 0 } found
        )
            return found;
        return Query(table, [Is(runId)], rest, ct);
    }

    private IReadOnlyList<string> Query(DeltaTable table, IReadOnlyList<ColumnRange> ranges, string rest, CancellationToken ct)
    {
        if (table.TryRead(ct: ct) is not { } snapshot)
            return [];
        using var connection = Connect();
        using var scan = snapshot.Scan(connection, ranges);
        using var result = connection.Query($"SELECT document FROM (\n{scan.Sql}\n) {rest}", ct);
        return [.. result.Rows().Select(row => (string)row[0]!)];
    }

    private Connection Connect()
    {
        var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        return connection;
    }

    private static ColumnRange Is(string runId) => new("run_id", runId, runId);

    private static string Where(IEnumerable<string> conditions) =>
        conditions.Select(c => $"({c})").ToArray() is { Length: > 0 } all ? $"WHERE {string.Join(" AND ", all)}" : "";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json, DurableJson.Options)!;
}

/// <summary>A page of the history.</summary>
/// <param name="Runs">The runs, newest first, without their nodes.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
/// <param name="Damaged">Documents of runs that cannot be read, by their paths in the hub root.</param>
public sealed record RunPage(IReadOnlyList<JobRun> Runs, string? Next, IReadOnlyList<string> Damaged);

/// <summary>How many runs there were.</summary>
/// <param name="Day">The day on which they were accepted, in UTC.</param>
/// <param name="Status">Where they stand.</param>
/// <param name="Runs">How many.</param>
public sealed record RunCount(DateOnly Day, JobStatus Status, long Runs);
