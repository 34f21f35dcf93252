using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Running;

/// <summary>A stream from the moment its source is opened until something fails or it is stopped: batch after batch, from the source into the tables.</summary>
internal sealed class StreamRun : IDisposable
{
    private readonly StreamProcessor _processor;
    private readonly IEventSource _source;
    private readonly BatchWindow _window;
    private EventBatch _batch = new();
    private EventBatch _next = new();

    /// <summary>Reads <see cref="_next"/> while <see cref="_batch"/> is written.</summary>
    private Task _ahead = Task.CompletedTask;

    /// <summary>Opens the stream's tables, brings those that lag behind the raw table to where it is, and opens the source.</summary>
    /// <exception cref="Exception">As <see cref="Step"/>.</exception>
    public StreamRun(
        HubRoot root,
        StreamDefinition stream,
        StreamOptions options,
        TimeProvider time,
        ILogger logger,
        EventInbox? inbox,
        CancellationToken ct
    )
    {
        _window = new(stream.Document.Ingest!, time);
        _processor = new(root, stream, options, time);
        try
        {
            _processor.CatchUp(ct);
            _source = EventSources.Open(new(root, stream, () => _processor.Offsets(), time, logger) { Inbox = inbox });
        }
        catch
        {
            _processor.Dispose();
            throw;
        }
    }

    /// <summary>The source.</summary>
    public IEventSource Source => _source;

    /// <summary>Reads a batch to its end, and takes it through the phases while the next one is read.</summary>
    /// <returns>What came of it; null if there were no events.</returns>
    /// <exception cref="StreamException">The document does not allow to go on.</exception>
    /// <exception cref="Pipelines.Connectors.RunException">The source fails; a new run may go on.</exception>
    /// <exception cref="Lake.LakeException">A table cannot be read or written; a new run may go on.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public (EventBatch Batch, BatchResult Result)? Step(CancellationToken ct)
    {
        _ahead.GetAwaiter().GetResult();
        _source.Read(_next, _window, ct);
        if (_next.Count == 0)
            return null;
        (_batch, _next) = (_next, _batch);
        _next.Clear();
        var result = Process(ct);
        _source.Settle(_batch, result);
        if (!result.IsCommitted)
        {
            _source.Settle(_next, result);
            _next.Clear();
        }
        return (_batch, result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _source.Dispose();
        _processor.Dispose();
    }

    private BatchResult Process(CancellationToken ct)
    {
        using var turn = new CancellationTokenSource();
        _window.Turn = turn.Token;
        _ahead = _source.ReadsAhead ? Task.Run(() => _source.Read(_next, _window, ct), CancellationToken.None) : Task.CompletedTask;
        try
        {
            return _processor.ProcessBatch(_batch, ct);
        }
        finally
        {
            turn.Cancel();
            // What went wrong with it is told in its turn.
            Task.WaitAny([_ahead], CancellationToken.None);
            _window.Turn = default;
        }
    }
}
