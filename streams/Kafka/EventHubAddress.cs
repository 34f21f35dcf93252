using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Kafka;

/// <summary>Which event hub a stream reads.</summary>
/// <param name="Namespace">The host of its namespace, such as <c>name.servicebus.windows.net</c>.</param>
/// <param name="Name">Its name in there.</param>
public sealed record EventHubAddress(string Namespace, string Name)
{
    /// <summary>The one that a stream reads; null where its source is something else.</summary>
    /// <exception cref="RunException">The connection that the stream names is missing, or not what it should be.</exception>
    public static EventHubAddress? Of(StreamDefinition stream, HubRoot root)
    {
        if (stream.Document.Ingest?.Source is not { Spec.Name: "eventHub" } source)
            return null;
        var connection = KafkaConnection.Of(source, root, stream.Address);
        return new(connection.Servers.Split(':')[0], connection.Topic);
    }
}
