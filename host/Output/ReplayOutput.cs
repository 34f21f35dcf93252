using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Replaying;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub streams replay --json</c> prints.</summary>
/// <param name="Stream">The stream, as app/layer/id.</param>
/// <param name="Revision">The revision of the document that the replay goes by; absent where there is none.</param>
/// <param name="BegunAt">When it was begun.</param>
/// <param name="First">The first offset of each partition that is replayed, by topic/number; absent where all of the raw table is.</param>
/// <param name="Tables">The tables that it has made, where it was made or compared now.</param>
/// <param name="IsSwapped">Whether they are the stream's tables now.</param>
/// <param name="IsDropped">Whether they were deleted.</param>
internal sealed record ReplayOutput(
    string Stream,
    string? Revision,
    DateTimeOffset? BegunAt,
    IReadOnlyDictionary<string, long>? First,
    IReadOnlyList<ReplayedTableOutput> Tables,
    bool IsSwapped,
    bool IsDropped
)
{
    public static ReplayOutput Of(
        StreamDefinition stream,
        Replay? replay,
        IReadOnlyList<ReplayedTableOutput> tables,
        bool isSwapped,
        bool isDropped
    ) => new(stream.Address.ToString(), replay?.Revision, replay?.BegunAt, replay?.First, tables, isSwapped, isDropped);
}

/// <summary>A table that was replayed.</summary>
/// <param name="Table">The stream's table.</param>
/// <param name="Shadow">The one that was replayed.</param>
/// <param name="Rows">How many rows the stream's has; absent where there is none.</param>
/// <param name="ReplayedRows">How many rows the replayed one has; absent where there is none.</param>
/// <param name="Difference">How they differ: added is what only the replayed one has; absent where they were not compared.</param>
internal sealed record ReplayedTableOutput(string Table, string Shadow, long? Rows, long? ReplayedRows, TableDiffOutput? Difference);
