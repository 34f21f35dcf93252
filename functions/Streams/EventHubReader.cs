using System.Globalization;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Functions.Streams;

/// <summary>
/// Reads events of an event hub again, as the app's identity and in the consumer group that every event hub has: a trigger owns the partitions of its own,
/// and the service lets nobody else read there.
/// </summary>
/// <param name="settings">Which event hub; the app may have none.</param>
internal sealed class EventHubReader(HubSettings settings)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private readonly DefaultAzureCredential credential = new();

    /// <summary>Reads events.</summary>
    /// <exception cref="RunException">The event hub fails.</exception>
    public async Task<IReadOnlyList<EventData>> Read(SourcePartition partition, long from, long before, int most, CancellationToken ct)
    {
        try
        {
            await using var receiver = new PartitionReceiver(
                EventHubConsumerClient.DefaultConsumerGroupName,
                partition.Partition.ToString(CultureInfo.InvariantCulture),
                EventPosition.FromSequenceNumber(from, isInclusive: true),
                settings.EventHub!.Namespace,
                partition.Topic,
                credential
            );
            var read = new List<EventData>();
            while (read.Count < most && !(read.Count > 0 && read[^1].SequenceNumber >= before - 1))
            {
                var received = (await receiver.ReceiveBatchAsync(most - read.Count, LongestWait, ct)).ToArray();
                read.AddRange(received.Where(e => e.SequenceNumber < before));
                if (received.Length == 0 || received[^1].SequenceNumber >= before)
                    break;
            }
            return read;
        }
        catch (EventHubsException e)
        {
            throw new RunException($"{partition} cannot be read: {e.Message}", isTransient: e.IsTransient, inner: e);
        }
    }

    /// <summary>Finds the ends of the partitions.</summary>
    /// <exception cref="RunException">The event hub fails.</exception>
    public async Task<IReadOnlyList<(SourcePartition Partition, long Last, DateTimeOffset Since)>> Ends(CancellationToken ct)
    {
        var (space, eventHub) = settings.EventHub!;
        try
        {
            await using var client = new EventHubConsumerClient(
                EventHubConsumerClient.DefaultConsumerGroupName,
                space,
                eventHub,
                credential
            );
            var ends = new List<(SourcePartition, long, DateTimeOffset)>();
            foreach (var id in await client.GetPartitionIdsAsync(ct))
            {
                var end = await client.GetPartitionPropertiesAsync(id, ct);
                var partition = new SourcePartition(eventHub, int.Parse(id, CultureInfo.InvariantCulture));
                if (!end.IsEmpty)
                    ends.Add((partition, end.LastEnqueuedSequenceNumber, end.LastEnqueuedTime));
            }
            return ends;
        }
        catch (EventHubsException e)
        {
            throw new RunException($"event hub {eventHub} cannot be asked: {e.Message}", isTransient: e.IsTransient, inner: e);
        }
    }
}
