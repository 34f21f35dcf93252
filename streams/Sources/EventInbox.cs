using System.Threading.Channels;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Streams.Sources;

/// <summary>An event that somebody hands in.</summary>
/// <param name="Value">Its bytes: a JSON object.</param>
/// <param name="Headers">Its headers as the UTF-8 of a JSON object of texts; empty for none.</param>
public sealed record IncomingEvent(ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Headers);

/// <summary>Where events are that were handed in, and are durable.</summary>
/// <param name="Topic">The topic; <c>http</c> for a stream that takes events itself.</param>
/// <param name="Partition">The partition; null where the broker chose one for each event.</param>
/// <param name="First">The first one's offset; null where the broker chose it.</param>
/// <param name="Last">The last one's.</param>
public sealed record EventReceipt(string Topic, int? Partition, long? First, long? Last);

/// <summary>Events that were handed in to a stream and wait to be read. They are in memory only; nobody is told that they are accepted before they are durable.</summary>
internal sealed class EventInbox
{
    /// <summary>What waits beyond this is refused, and is to be sent again later.</summary>
    private const long MostBytes = 64 << 20;

    private readonly Channel<Posted> _waiting = Channel.CreateUnbounded<Posted>(new UnboundedChannelOptions { SingleReader = true });
    private long _bytes;

    /// <summary>Hands events in, and waits until they are in the raw table.</summary>
    /// <exception cref="RunException">They were refused, or it is open whether they are there.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any longer; they may be taken nevertheless.</exception>
    public async Task<EventReceipt> Post(IReadOnlyList<IncomingEvent> events, CancellationToken ct)
    {
        var bytes = events.Sum(e => (long)e.Value.Length + e.Headers.Length);
        if (Interlocked.Add(ref _bytes, bytes) > MostBytes && bytes < Interlocked.Read(ref _bytes))
        {
            Interlocked.Add(ref _bytes, -bytes);
            throw new RunException("the stream has more events waiting than it can hold", "send them again in a while", isTransient: true);
        }
        var posted = new Posted(events);
        try
        {
            if (!_waiting.Writer.TryWrite(posted))
                throw new RunException("the stream has just stopped; the events were not taken", "send them again", isTransient: true);
            return await posted.Receipt.Task.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Add(ref _bytes, -bytes);
        }
    }

    /// <summary>What waits longest; null after a while without any.</summary>
    public Posted? Take(TimeSpan wait, CancellationToken ct)
    {
        if (_waiting.Reader.TryRead(out var posted))
            return posted;
        if (wait <= TimeSpan.Zero)
            return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(wait);
        try
        {
            return _waiting.Reader.ReadAsync(limit.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            ct.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>Takes nothing any longer, and refuses what waits.</summary>
    public void Close()
    {
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var posted))
            posted.Receipt.TrySetException(
                new RunException("the stream has just stopped; the events were not taken", "send them again", isTransient: true)
            );
    }

    /// <summary>Events that came together, and are committed together.</summary>
    internal sealed class Posted(IReadOnlyList<IncomingEvent> events)
    {
        public IReadOnlyList<IncomingEvent> Events { get; } = events;

        public TaskCompletionSource<EventReceipt> Receipt { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
