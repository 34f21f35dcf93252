using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Kafka;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>What the client is told by what a resource says.</summary>
public sealed class KafkaConnectionTests : IDisposable
{
    private const string Key = "SharedAccessKeyName=hub;SharedAccessKey=topsecret=";

    private readonly List<TestStream> _streams = [];

    public void Dispose()
    {
        foreach (var stream in _streams)
            stream.Dispose();
    }

    [Fact]
    public void A_connection_string_signs_in_with_all_of_it()
    {
        var connection = EventHub($$"""{"connectionString": "Endpoint=sb://shop.servicebus.windows.net/;{{Key}}"}""");
        Assert.Equal("topic 'orders' of shop.servicebus.windows.net:9093", connection.ToString());
        Assert.Null(connection.TokenScope);
        Assert.Equal(
            [
                "bootstrap.servers=shop.servicebus.windows.net:9093",
                "sasl.mechanism=PLAIN",
                $"sasl.password=Endpoint=sb://shop.servicebus.windows.net/;{Key}",
                "sasl.username=$ConnectionString",
                "security.protocol=SASL_SSL",
            ],
            Settings(connection)
        );
    }

    [Fact]
    public void The_emulator_of_a_developer_has_no_TLS()
    {
        var connection = EventHub($$"""{"connectionString": "Endpoint=sb://localhost;{{Key}};UseDevelopmentEmulator=true;"}""");
        Assert.Equal("localhost:9092", connection.Servers);
        Assert.Contains("security.protocol=SASL_PLAINTEXT", Settings(connection));
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("shop.servicebus.windows.net")]
    public void A_namespace_is_signed_in_to_with_a_token_for_it(string name)
    {
        var connection = EventHub($$"""{"namespace": "{{name}}"}""");
        Assert.Equal("https://shop.servicebus.windows.net/.default", connection.TokenScope);
        Assert.Equal(
            ["bootstrap.servers=shop.servicebus.windows.net:9093", "sasl.mechanism=OAUTHBEARER", "security.protocol=SASL_SSL"],
            Settings(connection)
        );
    }

    [Theory]
    [InlineData(
        """{"connectionString": "topsecret"}""",
        "the connectionString of resources/events.json is none of an Event Hubs namespace"
    )]
    [InlineData("{}", "resources/events.json says neither connectionString nor namespace")]
    [InlineData(
        """{"connectionString": "${env:HUB_TEST_NOT_SET}"}""",
        "The environment variable HUB_TEST_NOT_SET, which ${env:HUB_TEST_NOT_SET} stands for, is not set."
    )]
    public void What_leads_to_no_namespace_is_told_without_its_secret(string resource, string message)
    {
        var failure = Assert.Throws<RunException>(() => EventHub(resource));
        Assert.Equal(message, failure.Message);
        Assert.DoesNotContain("topsecret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_load_a_library_or_undo_what_the_hub_relies_on_may_not_be_set()
    {
        foreach (var setting in new[] { "plugin.library.paths", "enable.auto.commit", "sasl.kerberos.kinit.cmd", "isolation.level" })
            Assert.StartsWith(
                $"resources/events.json has '{setting}', which is no setting of a Kafka client that may be given",
                Assert.Throws<RunException>(() => Kafka($$"""{"{{setting}}": "x"}""")).Message,
                StringComparison.Ordinal
            );
        Assert.Equal("did you mean 'sasl.password'?", Assert.Throws<RunException>(() => Kafka("""{"sasl.passwort": "x"}""")).Hint);
        Assert.Equal(["bootstrap.servers=b:1", "session.timeout.ms=2000"], Settings(Kafka("""{"session.timeout.ms": 2000}""")));
    }

    private static IEnumerable<string> Settings(KafkaConnection connection) =>
        connection.Settings().Select(s => $"{s.Key}={s.Value}").Order(StringComparer.Ordinal);

    private KafkaConnection EventHub(string resource) => Of("""<eventHub name="orders" connectionRef="events"/>""", resource);

    private KafkaConnection Kafka(string resource) =>
        Of("""<kafka bootstrapServers="b:1" topic="orders" securityRef="events"/>""", resource);

    private KafkaConnection Of(string source, string resource)
    {
        var stream = new TestStream($"""<ingest table="raw">{source}</ingest>""");
        _streams.Add(stream);
        var folder = Path.Combine(stream.Folder, "config/applications/shop/staging/resources");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "events.json"), resource);
        return KafkaConnection.Of(stream.Definition.Document.Ingest!.Source, stream.Root, stream.Definition.Address);
    }
}
