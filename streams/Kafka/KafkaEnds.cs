using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Kafka;

/// <summary>Asks a broker where a topic ends, without reading it or joining a group.</summary>
public static class KafkaEnds
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The last offset of each partition of the topic that a stream reads, -1 for an empty one; null if it reads none.</summary>
    /// <exception cref="RunException">The broker is not reached, or a setting or secret is missing.</exception>
    public static IReadOnlyDictionary<SourcePartition, long>? Of(HubRoot root, StreamDefinition stream, ILogger logger)
    {
        var source = stream.Document.Ingest!.Source;
        if (source.Spec.Name is not ("kafka" or "eventHub"))
            return null;
        var connection = KafkaConnection.Of(source, root, stream.Address);
        try
        {
            using var consumer = new ConsumerBuilder<Ignore, Ignore>(
                new ConsumerConfig(connection.Settings()) { GroupId = $"hub-status-{Guid.NewGuid():N}" }
            )
                .SetLogHandler((_, message) => KafkaClients.Log(logger, message))
                .SetOAuthBearerTokenRefreshHandler((client, _) => KafkaClients.Authenticate(client, connection))
                .Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            return admin
                .GetMetadata(connection.Topic, Patience)
                .Topics.Single()
                .Partitions.ToDictionary(
                    p => new SourcePartition(connection.Topic, p.PartitionId),
                    p => consumer.QueryWatermarkOffsets(new(connection.Topic, p.PartitionId), Patience).High.Value - 1
                );
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw connection.Unfit(e);
        }
        catch (KafkaException e)
        {
            throw new RunException(
                $"{connection} cannot be reached: {e.Error.Reason}",
                KafkaProblem.Hint(e.Error) ?? "look whether the brokers run",
                isTransient: true,
                e
            );
        }
    }
}
