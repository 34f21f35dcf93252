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
    private readonly BatchWindow _window;
    private readonly Queue<EventInbox.Posted> _again = [];
    private readonly List<(EventInbox.Posted Posted, long First)> _read = [];
    private long _next;

    public HttpSource(SourceContext context)
    {
        (_context, _window) = (context, new(context.Ingest, context.Time));
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
    public void Read(EventBatch batch, CancellationToken ct)
    {
        _window.Open();
        _read.Clear();
        while (!_window.IsDue(batch))
        {
            var wait = batch.Count > 0 && _window.Left(batch) < Wait ? _window.Left(batch) : Wait;
            var posted = _again.TryDequeue(out var again) ? again : _inbox.Take(wait, ct);
            IsAtEnd = posted is null;
            if (posted is not null)
                Add(batch, posted);
            else if (batch.Count == 0)
                return;
        }
    }

    /// <inheritdoc/>
    public void Settle(EventBatch batch, BatchResult result)
    {
        if (result.IsCommitted)
            foreach (var (posted, first) in _read)
                posted.Receipt.TrySetResult(new(Partition.Topic, Partition.Partition, first, first + posted.Events.Count - 1));
        else
        {
            foreach (var (posted, _) in _read)
                _again.Enqueue(posted);
            _next = result.Offsets.TryGetValue(Partition, out var last) ? last + 1 : 0;
        }
        _read.Clear();
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

    private void Add(EventBatch batch, EventInbox.Posted posted)
    {
        _read.Add((posted, _next));
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
