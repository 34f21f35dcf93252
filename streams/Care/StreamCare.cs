using ServerlessHub.Lake;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Care;

/// <summary>
/// Looks after a stream's tables beside what writes them, in a database of its own: puts small files together, deletes events that are kept no longer,
/// and files that no version needs. Of several processes one does it at a time. Who adds rows is never held up by it.
/// </summary>
internal sealed class StreamCare : IDisposable
{
    /// <summary>Of so many small files of a table one is made.</summary>
    public const int MinFiles = 50;

    private const string Name = "care";

    /// <summary>Not larger, so that what came in an hour is not written again and again with what came in a minute.</summary>
    private const long TargetFileSize = 32 << 20;

    private const long Memory = 256 << 20;

    /// <summary>What makes a writer put files together itself, in between two batches.</summary>
    private const string ByWriter = "delta.autoOptimize.autoCompact";

    private static readonly TimeSpan RetainsEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan VacuumsEvery = TimeSpan.FromDays(1);

    private readonly StreamEngine _engine;
    private readonly StreamFolder _folder;

    public StreamCare(HubRoot root, StreamDefinition stream, TimeProvider time)
    {
        _engine = new(root, stream, new() { MemoryLimitBytes = Memory, Threads = 1 }, time);
        _folder = new(root.Storage, stream.Address);
    }

    /// <summary>Does what is due, unless somebody else is at it.</summary>
    /// <exception cref="LakeException">A table cannot be read or written; doing it again is safe.</exception>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is committed stays.</exception>
    public void Look(CancellationToken ct)
    {
        using var turn = _folder.Lock(Name);
        if (turn is null)
            return;
        TableName[] tables = [_engine.Stream.RawTable, .. StreamTables.Of(_engine)];
        foreach (var table in tables)
            Compact(_engine.Table(table), ct);
        var now = _engine.Time.GetUtcNow();
        var done = _folder.Read<CareState>(Name) ?? CareState.Never;
        var (retains, vacuums) = (now - done.RetainedAt >= RetainsEvery, now - done.VacuumedAt >= VacuumsEvery);
        if (retains)
            new RawRetention(_engine).Apply(ct);
        if (vacuums)
            foreach (var table in tables)
                if (_engine.Table(table) is var t && t.TryRead(ct: ct) is not null)
                    t.Vacuum(new(), ct);
        if (retains || vacuums)
            _folder.Replace(Name, new CareState(retains ? now : done.RetainedAt, vacuums ? now : done.VacuumedAt));
    }

    public void Dispose() => _engine.Dispose();

    private void Compact(DeltaTable table, CancellationToken ct)
    {
        if (table.TryRead(ct: ct) is not { } snapshot)
            return;
        if (snapshot.Properties.TryGetValue(ByWriter, out var value) && value == "true")
            LeaveToCare(table, ct);
        if (snapshot.Files.Count(file => file.Size < TargetFileSize / 2) >= MinFiles)
            table.Optimize(
                _engine.Connection,
                new OptimizeOptions { TargetFileSize = TargetFileSize, CommitInfo = _engine.CommitInfo([]) },
                ct
            );
    }

    private void LeaveToCare(DeltaTable table, CancellationToken ct)
    {
        using var change = new RepeatableWrite(() =>
            table.StageProperties(
                new Dictionary<string, string?> { [ByWriter] = null },
                new CommitOptions { TransactionId = $"stream:{_engine.Stream.Address}:care", CommitInfo = _engine.CommitInfo([]) }
            )
        );
        change.Commit(ct);
    }
}
