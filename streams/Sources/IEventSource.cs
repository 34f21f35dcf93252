using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Sources;

/// <summary>
/// Where a stream's events come from, from the moment it is opened until it fails or is closed. One thread at a time uses it. What it reads begins
/// after what the raw table has; whatever else the source remembers of readers is not believed.
/// </summary>
internal interface IEventSource : IDisposable
{
    /// <summary>
    /// Puts events into an empty batch until it is due by the document, or returns after a moment if there are none. Each partition's events are those
    /// that come next after the raw table's, or after the batch that was settled last.
    /// </summary>
    /// <exception cref="StreamException">The document does not allow to go on.</exception>
    /// <exception cref="Pipelines.Connectors.RunException">The source fails; opened again it may go on.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is in the batch may be left.</exception>
    void Read(EventBatch batch, CancellationToken ct);

    /// <summary>Learns what came of the batch that was read last. One that was not committed is read again from where the raw table is.</summary>
    void Settle(EventBatch batch, BatchResult result);

    /// <summary>The last offset there is of each partition that is read here, as far as it is known; -1 for one that has none.</summary>
    IReadOnlyDictionary<SourcePartition, long> Ends { get; }

    /// <summary>Whether all there was when it was last asked has been read.</summary>
    bool IsAtEnd { get; }

    /// <summary>Why nothing comes, where the source tries by itself to go on; null when all is well.</summary>
    string? Problem { get; }
}
