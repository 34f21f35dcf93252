using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Sources;

/// <summary>
/// Reads what was handed in over HTTP. All processes write to one partition, <c>http/0</c>: an event has no place before its batch is committed, so where
/// another process was faster, the same events get the next offsets, and the batch is tried again.
/// </summary>
internal sealed class HttpSource : IEventSource
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);
    private static readonly SourcePartition Partition = new("http", 0);

    private readonly SourceContext _context;
    private readonly EventInbox _inbox;
    private readonly Queue<EventInbox.Posted> _again = [];
    private readonly Queue<(EventInbox.Posted Posted, long First)> _read = [];
    private long _next;

    public HttpSource(SourceContext context)
    {
        _context = context;
        _inbox =
            context.Inbox
            ?? throw new StreamException(
                $"stream {context.Stream.Address} takes its events over HTTP, which this process does not",
                "'hub serve' runs it"
            );
        _next = context.Offsets().TryGetValue(Partition, out var last) ? last + 1 : 0;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<SourcePartition, long> Ends => new Dictionary<SourcePartition, long> { [Partition] = _next - 1 };

    /// <inheritdoc/>
    public bool IsAtEnd { get; private set; }

    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public void Read(EventBatch batch, BatchWindow window, CancellationToken ct)
    {
        while (!window.IsDue(batch))
        {
            var wait = batch.Count > 0 && window.Left < Wait ? window.Left : Wait;
            var posted = _again.TryDequeue(out var again) ? again : _inbox.Take(wait, ct);
            IsAtEnd = posted is null;
            if (posted is not null)
                Add(batch, posted);
            else if (batch.Count == 0)
                return;
        }
    }

    /// <inheritdoc/>
    public bool ReadsAhead => true;

    /// <inheritdoc/>
    public void Settle(EventBatch batch, BatchResult result)
    {
        foreach (var (_, range) in batch.Ranges)
            while (_read.TryPeek(out var first) && first.First <= range.Last)
                Settle(_read.Dequeue(), result.IsCommitted);
        if (!result.IsCommitted)
            _next = result.Offsets.TryGetValue(Partition, out var last) ? last + 1 : 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var posted in _read.Select(r => r.Posted).Concat(_again))
            posted.Receipt.TrySetException(
                new RunException(
                    $"stream {_context.Stream.Address} failed while it took the events; whether they are in its tables is open",
                    "send them again; where the document names an eventId, none counts twice",
                    isTransient: true
                )
            );
    }

    private void Settle((EventInbox.Posted Posted, long First) read, bool isCommitted)
    {
        var (posted, first) = read;
        if (isCommitted)
            posted.Receipt.TrySetResult(new(Partition.Topic, Partition.Partition, first, first + posted.Events.Count - 1));
        else
            _again.Enqueue(posted);
    }

    private void Add(EventBatch batch, EventInbox.Posted posted)
    {
        _read.Enqueue((posted, _next));
        batch.HasOwnOffsets = true;
        var now = _context.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
        foreach (var e in posted.Events)
            batch.Add(
                Partition,
                new StreamEvent
                {
                    Offset = _next++,
                    EnqueuedAt = now,
                    Value = e.Value.Span,
                    HasValue = true,
                    Headers = e.Headers.Span,
                }
            );
    }
}
