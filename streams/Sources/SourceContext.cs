using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Sources;

/// <summary>What a source is opened with.</summary>
/// <param name="Root">The hub.</param>
/// <param name="Stream">The stream whose events they are.</param>
/// <param name="Offsets">The last offset that the raw table has of each partition, as it is at the moment of the call.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where it says what happens to it.</param>
internal sealed record SourceContext(
    HubRoot Root,
    StreamDefinition Stream,
    Func<IReadOnlyDictionary<SourcePartition, long>> Offsets,
    TimeProvider Time,
    ILogger Logger
)
{
    /// <summary>Where events are handed in; null where nobody can.</summary>
    public EventInbox? Inbox { get; init; }

    /// <summary>What the document says of the source.</summary>
    public IngestDefinition Ingest => Stream.Document.Ingest!;

    /// <summary>What the hub remembers of the stream beside its tables.</summary>
    public StreamFolder Folder => new(Root.Storage, Stream.Address);
}
