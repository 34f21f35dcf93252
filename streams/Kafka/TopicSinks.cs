using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Kafka;

/// <summary>Sends events that were handed in to the topics that their streams read; a client is kept for each stream.</summary>
internal sealed class TopicSinks(HubRoot root, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DocumentAddress, (StreamDefinition Stream, KafkaSink Sink)> _sinks = [];

    /// <summary>Sends events, and returns once they are durable.</summary>
    /// <exception cref="RunException">Not all of them are.</exception>
    public EventReceipt Send(StreamDefinition stream, IReadOnlyList<IncomingEvent> events, CancellationToken ct)
    {
        var connection = KafkaConnection.Of(stream.Document.Ingest!.Source, root, stream.Address);
        Of(stream, connection).Send(events.Select(e => new OutgoingEvent(null, e.Value.ToArray(), Headers(e))), ct);
        return new(connection.Topic, null, null, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, sink) in _sinks.Values)
            sink.Dispose();
    }

    /// <summary>Its headers, which have the names that Kafka's binding of CloudEvents gives them.</summary>
    private static Dictionary<string, string> Headers(IncomingEvent e)
    {
        var headers = e.Headers.IsEmpty ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(e.Headers.Span)!;
        headers.TryAdd(OutgoingEvent.ContentType, "application/json");
        return headers;
    }

    private KafkaSink Of(StreamDefinition stream, KafkaConnection connection)
    {
        lock (_lock)
        {
            if (_sinks.TryGetValue(stream.Address, out var known) && stream.IsSame(known.Stream))
                return known.Sink;
            known.Sink?.Dispose();
            var sink = new KafkaSink(connection, logger);
            _sinks[stream.Address] = (stream, sink);
            return sink;
        }
    }
}
