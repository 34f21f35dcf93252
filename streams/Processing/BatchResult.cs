using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>What came of a batch.</summary>
/// <param name="IsCommitted">
/// Whether the tables have its events now. If not, somebody else has written events of one of its partitions meanwhile; nothing of it was
/// written, and its partitions are to be read again from <paramref name="Offsets"/>.
/// </param>
/// <param name="Offsets">The last offset that the raw table has of each partition of the batch; a partition it has nothing of is not in it.</param>
/// <param name="Events">How many of the batch's events were new to the raw table.</param>
/// <param name="DeadLetters">How many of them are dead letters.</param>
public sealed record BatchResult(bool IsCommitted, IReadOnlyDictionary<SourcePartition, long> Offsets, long Events, long DeadLetters);
