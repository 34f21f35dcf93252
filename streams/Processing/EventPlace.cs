using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>The columns that tell which event a row is of, as SQL names them, and conditions on them.</summary>
/// <param name="Topic">The column with the topic.</param>
/// <param name="Partition">The column with the partition.</param>
/// <param name="Offset">The column with the offset.</param>
internal sealed record EventPlace(string Topic, string Partition, string Offset)
{
    /// <summary>Those of the raw table and of the dead letters.</summary>
    public static EventPlace OfEvents { get; } = new("topic", "partition", "\"offset\"");

    /// <summary>Those of the flattened tables and of late rows.</summary>
    public static EventPlace OfRows { get; } = new(FlatTable.Topic, FlatTable.Partition, FlatTable.Offset);

    /// <summary>The condition for what is of a partition.</summary>
    public string Is(SourcePartition partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{Topic} = {Sql.Literal(partition.Topic)} AND {Partition} = {partition.Partition}");

    /// <summary>The condition for what is up to an offset of a partition, this one included.</summary>
    public string UpTo(SourcePartition partition, long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"({Is(partition)} AND {Offset} <= {offset})");

    /// <summary>The condition for what is up to the offsets of their partitions, these included; false of what is of others.</summary>
    public string UpTo(IReadOnlyDictionary<SourcePartition, long> offsets) =>
        offsets.Count == 0 ? "false" : string.Join(" OR ", offsets.Select(o => UpTo(o.Key, o.Value)));
}
