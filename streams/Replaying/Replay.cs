using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Replaying;

/// <summary>A replay, as it was begun.</summary>
/// <param name="Revision">The revision of the document that it goes by.</param>
/// <param name="BegunAt">When that was.</param>
/// <param name="First">The first offset of each partition that is replayed, by <c>topic/partition</c>; absent where all of the raw table is.</param>
public sealed record Replay(string Revision, DateTimeOffset BegunAt, IReadOnlyDictionary<string, long>? First)
{
    /// <summary>Whether its tables could take the place of the stream's.</summary>
    public bool IsOfAll => First is null;

    internal IReadOnlyDictionary<SourcePartition, long>? Offsets => First?.ToDictionary(f => SourcePartition.Parse(f.Key), f => f.Value);

    internal bool IsAs(Replay other) =>
        Revision == other.Revision
        && (First is null) == (other.First is null)
        && (First is null || (First.Count == other.First!.Count && !First.Except(other.First).Any()));
}
