using Confluent.Kafka;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>A stream that reads the topic <c>orders</c> of a broker, in a hub root of its own.</summary>
internal sealed class KafkaStream : IDisposable
{
    private readonly TestStream _stream;

    /// <param name="broker">The broker.</param>
    /// <param name="ingest">More attributes of the element.</param>
    /// <param name="phases">What follows it.</param>
    public KafkaStream(MockBroker broker, string ingest = "", string phases = "")
    {
        var body = $"""
            <ingest table="orders_raw" maxDelay="PT0.1S" {ingest}>
              <kafka bootstrapServers="{broker.Servers}" topic="orders" securityRef="broker"/>
            </ingest>{phases}
            """;
        _stream = new TestStream(body);
        var config = Path.Combine(_stream.Folder, "config/applications/shop/staging");
        File.WriteAllText(
            Path.Combine(config, "streams/orders.xml"),
            $"""<stream id="orders" version="1.0" layer="staging">{body}</stream>"""
        );
        Directory.CreateDirectory(Path.Combine(config, "resources"));
        // Whoever was killed is missed after two seconds; and an answer that the mock has lost with a member that it missed is waited for no longer than ten.
        File.WriteAllText(
            Path.Combine(config, "resources/broker.json"),
            """{ "session.timeout.ms": 2000, "heartbeat.interval.ms": 300, "max.poll.interval.ms": 10000, "reconnect.backoff.max.ms": 200 }"""
        );
        Offsets = _stream.Open();
    }

    public TestStream Tables => _stream;

    public string Folder => _stream.Folder;

    /// <summary>Tells where the raw table is.</summary>
    public StreamProcessor Offsets { get; }

    /// <summary>How many events the raw table's offsets stand for.</summary>
    public long Taken() => Offsets.Offsets().Sum(p => p.Value + 1);

    public static IProducer<byte[], byte[]> Producer(MockBroker broker) => new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = broker.Servers,
                EnableIdempotence = true,
                LingerMs = 5,
                MessageMaxBytes = 20 << 20,
                ReconnectBackoffMaxMs = 200,
            }
        ).SetLogHandler((_, _) => { }).Build();

    public void Dispose()
    {
        Offsets.Dispose();
        _stream.Dispose();
    }
}
