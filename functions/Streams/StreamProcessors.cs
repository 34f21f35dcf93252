using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Functions.Streams;

/// <summary>
/// Keeps the processors of streams from one batch to the next: each remembers the logs of its tables, so that a batch reads only what is new in them. One is
/// used by one batch at a time; there are as many as were needed at once.
/// </summary>
/// <param name="root">The hub.</param>
/// <param name="options">What a stream may take of the machine.</param>
/// <param name="time">The clock.</param>
internal sealed class StreamProcessors(HubRoot root, StreamOptions options, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<DocumentAddress, (StreamDefinition Stream, Stack<StreamProcessor> Idle)> kept = [];

    /// <summary>Uses a processor of a stream, as its document is; one that has failed is not used again.</summary>
    public async Task Use(StreamDefinition stream, Func<StreamProcessor, Task> use)
    {
        var processor = Take(stream) ?? new StreamProcessor(root, stream, options, time);
        try
        {
            await use(processor);
        }
        catch
        {
            processor.Dispose();
            throw;
        }
        Keep(processor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var (_, idle) in kept.Values)
                Clear(idle);
            kept.Clear();
        }
    }

    private StreamProcessor? Take(StreamDefinition stream)
    {
        lock (gate)
        {
            if (kept.TryGetValue(stream.Address, out var known) && known.Stream.IsSame(stream))
                return known.Idle.TryPop(out var processor) ? processor : null;
            if (known.Idle is not null)
                Clear(known.Idle);
            kept[stream.Address] = (stream, new());
            return null;
        }
    }

    private void Keep(StreamProcessor processor)
    {
        lock (gate)
            if (kept.TryGetValue(processor.Stream.Address, out var known) && known.Stream.IsSame(processor.Stream))
            {
                known.Idle.Push(processor);
                return;
            }
        // The document, or what it names, has changed meanwhile.
        processor.Dispose();
    }

    private static void Clear(Stack<StreamProcessor> idle)
    {
        while (idle.TryPop(out var processor))
            processor.Dispose();
    }
}
