using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Events;

/// <summary>One pass of the engine over the events of a batch.</summary>
internal sealed class EventScan(IReadOnlyList<EventPage> pages, IReadOnlyList<int> columns) : TableScan
{
    private int _next;

    /// <summary>
    /// The columns: <c>slot</c> is the partition's place in <see cref="EventBatch.Ranges"/>; a value that is no UTF-8 is in <c>bytes</c>; <c>fit</c> is
    /// what <see cref="EventPage.Judge"/> has found.
    /// </summary>
    public static IReadOnlyList<Column> Columns { get; } =
    [
        new("slot", LogicalType.Integer),
        new("offset", LogicalType.BigInt),
        new("enqueued_at", LogicalType.TimestampTz),
        new("key", LogicalType.Blob),
        new("headers", LogicalType.Varchar),
        new("value", LogicalType.Varchar),
        new("bytes", LogicalType.Blob),
        new("fit", LogicalType.UTinyInt),
    ];

    /// <inheritdoc/>
    public override int MaxThreads => Math.Max(1, pages.Count);

    /// <inheritdoc/>
    public override TableScanPart Begin() => new Part(this);

    private sealed class Part(EventScan scan) : TableScanPart
    {
        public override int Fill(ChunkWriter chunk) => scan.Fill(chunk);
    }

    private int Fill(ChunkWriter chunk)
    {
        var page = Interlocked.Increment(ref _next) - 1;
        if (page >= pages.Count)
            return 0;
        pages[page].Write(chunk, columns);
        return pages[page].Count;
    }
}
