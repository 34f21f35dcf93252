using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Running;

/// <summary>What a stream does in a process.</summary>
public enum StreamState
{
    /// <summary>It is being opened.</summary>
    Starting,

    /// <summary>It reads.</summary>
    Running,

    /// <summary>Something failed, and it is begun again after a while.</summary>
    Waiting,

    /// <summary>Somebody has paused it.</summary>
    Paused,

    /// <summary>It cannot go on until somebody mends what is wrong.</summary>
    Stopped,

    /// <summary>It was ended.</summary>
    Ended,

    /// <summary>Whoever asks does not run it.</summary>
    NotRunning,
}

/// <summary>A partition that a process reads.</summary>
/// <param name="Topic">The topic, or the file.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The last offset that is in the raw table; null if none is.</param>
/// <param name="End">The last offset that the source has; null where it is not known.</param>
/// <param name="Lag">How many offsets are between the two; null where that is not known.</param>
public sealed record PartitionActivity(string Topic, int Partition, long? Offset, long? End, long? Lag)
{
    internal static PartitionActivity Of(SourcePartition partition, long? offset, long end) =>
        new(partition.Topic, partition.Partition, offset, end, offset is { } at ? Math.Max(0, end - at) : (end < 0 ? 0 : null));
}

/// <summary>A stream in a process, as it is at a moment.</summary>
/// <param name="Stream">The stream, <c>app/layer/id</c>.</param>
/// <param name="State">What it does.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
/// <param name="Hint">What to do about it; null where the problem says it.</param>
/// <param name="RetryAt">When it is begun again; null unless it waits.</param>
/// <param name="Events">How many events this process has taken since it began.</param>
/// <param name="DeadLetters">How many of them are dead letters.</param>
/// <param name="Batches">In how many batches.</param>
/// <param name="EventsPerSecond">How many a second, over the last minute.</param>
/// <param name="LastCommit">When the last batch was committed; null if none was.</param>
/// <param name="LagEvents">How many events the source has that are not in the raw table yet, of the partitions read here; null where it is not known.</param>
/// <param name="LagSeconds">How long ago the source took the last event that is in the raw table, while there are more; null where that is not known.</param>
/// <param name="CaughtUpIn">In how many seconds nothing would be left, at the rate of the last minute; null where that cannot be told.</param>
/// <param name="Partitions">The partitions that are read here.</param>
public sealed record StreamActivity(
    string Stream,
    StreamState State,
    string? Problem,
    string? Hint,
    DateTimeOffset? RetryAt,
    long Events,
    long DeadLetters,
    long Batches,
    double EventsPerSecond,
    DateTimeOffset? LastCommit,
    long? LagEvents,
    double? LagSeconds,
    double? CaughtUpIn,
    IReadOnlyList<PartitionActivity> Partitions
)
{
    /// <summary>How many events are left of all partitions; null where that is not known of each.</summary>
    internal static long? LagOf(IReadOnlyCollection<PartitionActivity> partitions) =>
        partitions.Count > 0 && partitions.All(p => p.Lag is not null) ? partitions.Sum(p => p.Lag) : null;

    /// <summary>A stream that has done nothing yet.</summary>
    internal static StreamActivity None(string stream) =>
        new(stream, StreamState.Starting, null, null, null, 0, 0, 0, 0, null, null, null, null, []);
}
