using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Sources;

/// <summary>Tells when a batch is due: it has as many events or bytes as the document allows, or its first event has waited long enough.</summary>
internal sealed class BatchWindow(IngestDefinition ingest, TimeProvider time)
{
    private long _first;

    /// <summary>Begins with an empty batch.</summary>
    public void Open() => _first = 0;

    /// <summary>Whether a batch is to be written now; asked after each event, so that the first one's time is known.</summary>
    public bool IsDue(EventBatch batch)
    {
        if (batch.Count == 0)
            return false;
        if (_first == 0)
            _first = time.GetTimestamp();
        return batch.Count >= ingest.MaxEvents || batch.Bytes >= ingest.MaxBytes || Left(batch) <= TimeSpan.Zero;
    }

    /// <summary>How long the batch may still wait for events.</summary>
    public TimeSpan Left(EventBatch batch) => batch.Count == 0 ? ingest.MaxDelay : ingest.MaxDelay - time.GetElapsedTime(_first);
}
