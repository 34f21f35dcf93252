using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Streams.Kafka;

/// <summary>An event that is to be sent.</summary>
/// <param name="Key">Its key, by which the topic's partition is chosen; null for none.</param>
/// <param name="Value">Its bytes; null says that what the key names is gone.</param>
/// <param name="Headers">What is said of it beside it.</param>
internal sealed record OutgoingEvent(string? Key, byte[]? Value, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The header that says what the bytes are.</summary>
    public const string ContentType = "content-type";
}

/// <summary>
/// Sends events to a topic, or to an event hub through the Kafka protocol: in their order, each written once by the broker as long as this client lives,
/// and confirmed by all replicas that are in step.
/// </summary>
internal sealed class KafkaSink : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Settings that say how a reader is known in its group; one who sends has none.</summary>
    private static readonly string[] OfReaders =
    [
        "group.instance.id",
        "session.timeout.ms",
        "heartbeat.interval.ms",
        "max.poll.interval.ms",
        "fetch.max.bytes",
    ];

    private readonly KafkaConnection _connection;
    private readonly IProducer<string?, byte[]?> _producer;
    private volatile string? _problem;

    /// <summary>Prepares it; the broker is reached for when there is something to send.</summary>
    /// <exception cref="RunException">A setting is not what it should be.</exception>
    public KafkaSink(KafkaConnection connection, ILogger logger)
    {
        _connection = connection;
        var settings = new ProducerConfig(connection.Settings().Where(s => !OfReaders.Contains(s.Key)).ToDictionary())
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 5,
            // Who sends learns it in time, and sends again.
            MessageTimeoutMs = 30_000,
        };
        try
        {
            _producer = new ProducerBuilder<string?, byte[]?>(settings)
                .SetLogHandler((_, message) => KafkaClients.Log(logger, message))
                .SetErrorHandler((_, error) => _problem = KafkaProblem.Of(error, _problem))
                .SetOAuthBearerTokenRefreshHandler((client, _) => KafkaClients.Authenticate(client, connection))
                .Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw connection.Unfit(e);
        }
    }

    /// <summary>Sends events, and returns once all of them are durable.</summary>
    /// <exception cref="RunException">Not all are: some may be there, and sending all again is safe for whoever looks at their ids.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; some may be there.</exception>
    public void Send(IEnumerable<OutgoingEvent> events, CancellationToken ct)
    {
        Error? failure = null;
        _problem = null;
        foreach (var e in events)
        {
            if (failure is not null)
                break;
            Produce(Message(e), report => failure ??= report.Error.IsError ? report.Error : null, ct);
        }
        _producer.Flush(ct);
        if (failure is not null)
            throw new RunException(
                $"events could not be sent to {_connection}: {(failure.Code == ErrorCode.Local_MsgTimedOut ? _problem : null) ?? failure.Reason}",
                "look whether the brokers run, whether the topic is there, and whether the client may write to it",
                isTransient: true
            );
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private void Produce(Message<string?, byte[]?> message, Action<DeliveryReport<string?, byte[]?>> done, CancellationToken ct)
    {
        while (true)
            try
            {
                _producer.Produce(_connection.Topic, message, done);
                return;
            }
            catch (ProduceException<string?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                ct.ThrowIfCancellationRequested();
                _producer.Poll(Poll);
            }
            catch (ProduceException<string?, byte[]?> e)
            {
                throw new RunException($"an event could not be sent to {_connection}: {e.Error.Reason}", inner: e);
            }
    }

    private static Message<string?, byte[]?> Message(OutgoingEvent e)
    {
        var headers = new Headers();
        foreach (var (name, value) in e.Headers)
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        return new()
        {
            Key = e.Key,
            Value = e.Value,
            Headers = headers,
        };
    }
}
