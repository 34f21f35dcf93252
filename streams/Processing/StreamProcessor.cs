using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Redriving;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// Takes a stream's events through its phases: each event once, whoever brings it, however often. How far each table has come with each partition is
/// committed with its rows, and that alone is believed. One thread at a time may use it; any number of processors, in any process, may work on one
/// stream, best on different partitions.
/// </summary>
public sealed class StreamProcessor : IDisposable
{
    private readonly StreamEngine _engine;
    private readonly IngestPhase _ingest;
    private readonly FlattenPhase? _flatten;
    private readonly SummarisePhase? _summarise;
    private readonly Backlog _raw;
    private readonly EventType? _type;
    private readonly bool _takesPlain;

    /// <summary>Opens a stream.</summary>
    /// <param name="root">The hub.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="options">What it may take of the machine; null for the defaults.</param>
    /// <param name="time">The clock for what tables say of when; null for the system's.</param>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    public StreamProcessor(HubRoot root, StreamDefinition stream, StreamOptions? options = null, TimeProvider? time = null)
    {
        _engine = new(root, stream, options ?? new(), time ?? TimeProvider.System);
        _ingest = new(_engine);
        _raw = Backlog.OfEvents(_engine);
        _type = stream.Document.Flatten is null ? null : new(_engine);
        _flatten = _type is null ? null : new(_engine, _type);
        _summarise = _flatten is not null && stream.Document.Drivers.Count > 0 ? new(_engine, _flatten.Root) : null;
        _takesPlain = stream.Document.Flatten?.Format == Definitions.EventFormat.Plain;
        JsonFitFunction.Register(_engine.Connection, JsonFitFunction.Name, () => _type?.Shape);
        JsonFitFunction.Register(_engine.Connection, JsonFitFunction.NameAtIngest, () => _takesPlain ? _type?.Shape : null);
        JsonRescueFunction.Register(_engine.Connection, () => _type?.Shape);
        EventType.Register(_engine.Connection);
    }

    /// <summary>The stream.</summary>
    public StreamDefinition Stream => _engine.Stream;

    /// <summary>
    /// The last offset that the raw table has of each partition: a source goes on after it. A partition that is not there was never read. Any thread may
    /// ask for it.
    /// </summary>
    /// <exception cref="Lake.LakeException">The table cannot be read.</exception>
    public IReadOnlyDictionary<SourcePartition, long> Offsets(CancellationToken ct = default) => _ingest.Offsets(ct);

    /// <summary>
    /// Takes a batch through all phases. Events that the raw table has already are left out; a batch with offsets of its own is not committed then. Once it
    /// has returned that a batch is committed, the events are in the raw table; the later phases have them too, unless the exception says that one of them
    /// could not go on.
    /// </summary>
    /// <param name="batch">The events. The caller has read each partition on from <see cref="Offsets"/> without leaving any out.</param>
    /// <param name="ct">Ends it between commits; what is committed stays, and doing it again is safe.</param>
    /// <exception cref="StreamException">The document does not allow to go on.</exception>
    /// <exception cref="Lake.LakeException">A table cannot be read or written; doing it again is safe.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public BatchResult ProcessBatch(EventBatch batch, CancellationToken ct = default)
    {
        var reached = Offsets(ct);
        if (batch.HasOwnOffsets && batch.Ranges.Any(r => TableOffsets.At(reached, r.Partition) >= r.Range.First))
            return new(IsCommitted: false, reached, 0, 0);
        var steps = batch
            .Ranges.Where(r => !reached.TryGetValue(r.Partition, out var offset) || offset < r.Range.Last)
            .ToDictionary(r => r.Partition, r => (TableOffsets.At(reached, r.Partition), r.Range.Last));
        if (steps.Count == 0)
        {
            CatchUp(batch.Ranges.Select(r => r.Partition), ct);
            return new(IsCommitted: true, reached, 0, 0);
        }
        var slice = _engine.Show(batch, steps, _takesPlain ? _type?.Shape : null, ct);
        if (_ingest.Write(slice, ct) is not { } dead)
            return new(IsCommitted: false, Offsets(ct), 0, 0);
        Pass(slice, ct);
        return new(IsCommitted: true, Offsets(ct), slice.Events, dead);
    }

    /// <summary>Brings the later phases to where the raw table is, for the partitions that it has: after a process died between two commits, say.</summary>
    /// <exception cref="StreamException">The document does not allow to go on.</exception>
    /// <exception cref="Lake.LakeException">A table cannot be read or written; doing it again is safe.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void CatchUp(CancellationToken ct = default) =>
        CatchUp(Offsets(ct).Keys.Where(p => Stream.Shadow?.First?.ContainsKey(p) != false), ct);

    /// <summary>
    /// Takes dead letters through the stream as its document is now. What is right now becomes rows, each once, however often this is done; what is
    /// still wrong stays a dead letter, with the reason that it has now. It may be done beside the stream.
    /// </summary>
    /// <param name="filter">Which dead letters.</param>
    /// <param name="isDryRun">Whether it is only found out what would come of it.</param>
    /// <param name="ct">Ends it; doing it again is safe.</param>
    /// <exception cref="StreamException">Somebody else redrives dead letters of the stream, or changes the same rows all the time.</exception>
    /// <exception cref="Lake.LakeException">A table cannot be read or written; doing it again is safe.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public RedriveResult Redrive(RedriveFilter filter, bool isDryRun = false, CancellationToken ct = default)
    {
        using var turn =
            new StreamFolder(_engine.Storage, Stream.Address).Lock("redrive")
            ?? throw new StreamException(
                $"stream {Stream.Address}: somebody else is redriving its dead letters",
                "wait until that has ended, then do it again"
            );
        if (!isDryRun)
            CatchUp(ct);
        return new Redrive(_engine, _flatten, _summarise).Run(filter, isDryRun, ct);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _summarise?.Dispose();
        _engine.Dispose();
    }

    /// <summary>Takes a slice that the raw table has just got through the later phases, which must be where it begins.</summary>
    private void Pass(EventSlice slice, CancellationToken ct)
    {
        if (_flatten is null)
            return;
        if (TableOffsets.Begins(slice.Steps, _flatten.Offsets(ct)) && _flatten.Write(slice, ct) is { } flattened)
            _summarise?.Write(flattened, ct);
        CatchUp(slice.Steps.Keys, ct);
    }

    private void CatchUp(IEnumerable<SourcePartition> partitions, CancellationToken ct)
    {
        if (_flatten is null)
            return;
        SourcePartition[] wanted = [.. partitions];
        while (_raw.After(_flatten.Offsets(ct), wanted, ct) is { } behind)
            if (_flatten.Write(behind, ct) is { Tables.Count: 0 })
                return;
        _summarise?.CatchUp(wanted, ct);
    }
}
