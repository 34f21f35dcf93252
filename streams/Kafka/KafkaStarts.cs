using System.Globalization;
using Confluent.Kafka;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Kafka;

/// <summary>
/// Where a stream that does not begin with the earliest events begins in each partition. It is decided once, by the process that comes first, and
/// written down: decided again after a crash before the first commit, <c>latest</c> would be later. A partition that the topic got afterwards is read from
/// its beginning.
/// </summary>
/// <param name="Topic">The topic.</param>
/// <param name="From">What the document said.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Offsets">The first offset that is read, by partition.</param>
internal sealed record KafkaStarts(string Topic, string From, DateTimeOffset At, IReadOnlyDictionary<int, long> Offsets)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Decides, or finds what was decided.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public static KafkaStarts Of(SourceContext context, string topic, IConsumer<MessageBytes, MessageBytes> consumer, IAdminClient admin)
    {
        var from = context.Ingest.StartFrom;
        if (from == "earliest")
            return new(topic, from, default, new Dictionary<int, long>());
        var name = $"starts/{Uri.EscapeDataString(topic)}";
        if (context.Folder.Read<KafkaStarts>(name) is { } known)
            return known;
        var partitions = admin
            .GetMetadata(topic, Patience)
            .Topics.Single()
            .Partitions.Select(p => new TopicPartition(topic, p.PartitionId));
        var moment = from == "latest" ? (DateTimeOffset?)null : DateTimeOffset.Parse(from, CultureInfo.InvariantCulture);
        var found = moment is { } since
            ? consumer
                .OffsetsForTimes(partitions.Select(p => new TopicPartitionTimestamp(p, new Timestamp(since.UtcDateTime))), Patience)
                .ToDictionary(p => p.Partition.Value, p => p.Offset)
            : partitions.ToDictionary(p => p.Partition.Value, _ => Offset.End);
        // Where a partition has nothing so late, what comes next is the first.
        var offsets = found.ToDictionary(
            p => p.Key,
            p => p.Value.IsSpecial ? consumer.QueryWatermarkOffsets(new(topic, p.Key), Patience).High.Value : p.Value.Value
        );
        return context.Folder.Keep(name, new KafkaStarts(topic, from, context.Time.GetUtcNow(), offsets));
    }
}
