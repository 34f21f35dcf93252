using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>That a stream writes into tables beside its own, from what its raw table has.</summary>
/// <param name="First">The first offsets that are read, of the partitions that are; null for all of all.</param>
public sealed record StreamShadow(IReadOnlyDictionary<SourcePartition, long>? First)
{
    /// <summary>The table beside one of the stream: <c>&lt;table&gt;__replay</c>.</summary>
    public static TableName Of(TableName table) => StreamTable.Beside(table, "_replay");
}
