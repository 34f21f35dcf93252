using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Replaying;

/// <summary>From where events are replayed: all of the raw table, unless offsets or a time is given.</summary>
/// <param name="Offsets">The first offset of each partition that is replayed; null where that is not said.</param>
/// <param name="Time">When the source took the first events of each partition that are replayed; null where that is not said.</param>
public sealed record ReplayStart(IReadOnlyDictionary<SourcePartition, long>? Offsets = null, DateTimeOffset? Time = null)
{
    /// <summary>All of the raw table.</summary>
    public static ReplayStart OfAll { get; } = new();
}
