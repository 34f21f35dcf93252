using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Tests.Polling;

/// <summary>A process that polls for a stream, from its start until it ends or is killed.</summary>
internal sealed class PolledStream : IDisposable
{
    private readonly StreamProcessor _processor;
    private readonly EventBatch _batch = new();
    private readonly BatchWindow _window;

    public PolledStream(TestStream stream, TimeProvider? time = null)
    {
        _processor = stream.Open();
        _processor.CatchUp();
        _window = new(stream.Definition.Document.Ingest!, time ?? TimeProvider.System);
        Source = EventSources.Open(
            new(stream.Root, stream.Definition, () => _processor.Offsets(), time ?? TimeProvider.System, NullLogger.Instance)
        );
    }

    public IEventSource Source { get; }

    /// <summary>Reads a batch, and takes it through the stream.</summary>
    /// <returns>How many events it had.</returns>
    public int Step(bool isKilledBeforeCommit = false, bool isKilledAfterCommit = false)
    {
        _batch.Clear();
        Source.Read(_batch, _window, CancellationToken.None);
        if (_batch.Count == 0 || isKilledBeforeCommit)
            return _batch.Count;
        var result = _processor.ProcessBatch(_batch);
        if (!isKilledAfterCommit)
            Source.Settle(_batch, result);
        return _batch.Count;
    }

    /// <summary>Goes on until a poll has ended.</summary>
    public void Poll()
    {
        while (Step() > 0 || !Source.IsAtEnd) { }
    }

    public void Dispose()
    {
        Source.Dispose();
        _processor.Dispose();
    }
}
