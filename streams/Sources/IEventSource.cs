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
    /// Puts events into a batch, which may hold what was read into it before, until it is due by the document; or returns after a moment if there are none.
    /// Each partition's events are those that come next after what was read before, or, after a batch that was not committed, after the raw table's.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="window">Tells when it is due.</param>
    /// <param name="ct">Ends it for good.</param>
    /// <exception cref="StreamException">The document does not allow to go on.</exception>
    /// <exception cref="Pipelines.Connectors.RunException">The source fails; opened again it may go on.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is in the batch may be left.</exception>
    void Read(EventBatch batch, BatchWindow window, CancellationToken ct);

    /// <summary>Whether what comes next may be read while the batch before it is written, by another thread.</summary>
    bool ReadsAhead { get; }

    /// <summary>
    /// Learns what came of a batch; batches are settled in the order in which they were read. One that was not committed is read again from where the raw
    /// table is, and what was read after it is to be settled as not committed too.
    /// </summary>
    void Settle(EventBatch batch, BatchResult result);

    /// <summary>The last offset there is of each partition that is read here, as far as it is known; -1 for one that has none.</summary>
    IReadOnlyDictionary<SourcePartition, long> Ends { get; }

    /// <summary>Whether all there was when it was last asked has been read.</summary>
    bool IsAtEnd { get; }

    /// <summary>Why nothing comes, where the source tries by itself to go on; null when all is well.</summary>
    string? Problem { get; }
}
