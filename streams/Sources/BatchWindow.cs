using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Sources;

/// <summary>Tells when a batch is due: it has as many events or bytes as the document allows, or its first event has waited long enough.</summary>
internal sealed class BatchWindow(IngestDefinition ingest, TimeProvider time)
{
    private long _first;

    /// <summary>
    /// Where it can be cancelled, the batch is read while the one before it is written: it is due when it is full, or once this is cancelled. The slower
    /// tables are, the larger batches become.
    /// </summary>
    public CancellationToken Turn { get; set; }

    /// <summary>How long the batch may still wait for events, as it was when <see cref="IsDue"/> was asked.</summary>
    public TimeSpan Left { get; private set; }

    /// <summary>Whether reading a batch is to end; asked before and after each event, so that the first one's time is known.</summary>
    public bool IsDue(EventBatch batch)
    {
        Left = ingest.MaxDelay;
        if (batch.Count == 0)
        {
            _first = 0;
            return Turn.IsCancellationRequested;
        }
        if (_first == 0)
            _first = time.GetTimestamp();
        if (batch.Count >= ingest.MaxEvents || batch.Bytes >= ingest.MaxBytes)
            return true;
        if (Turn.CanBeCanceled)
            return Turn.IsCancellationRequested;
        Left -= time.GetElapsedTime(_first);
        return Left <= TimeSpan.Zero;
    }
}
