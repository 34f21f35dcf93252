using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Kafka;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>Whoever is not let in is told by whom, why, and what to look at; and no secret.</summary>
public sealed class KafkaRefusalTests
{
    private const string Password = "\"sasl.mechanism\": \"PLAIN\", \"sasl.username\": \"ann\", \"sasl.password\": \"topsecret\"";

    [Theory]
    [InlineData(
        true,
        """{"security.protocol": "SSL"}""",
        "^ssl://{servers}/bootstrap: .*certificate verify failed.*; look at ssl.ca.location, or ssl.ca.pem, in the file that securityRef names$"
    )]
    [InlineData(
        true,
        $$"""{"security.protocol": "SASL_SSL", {{Password}}}""",
        "^sasl_ssl://{servers}/bootstrap: .*certificate verify failed.*; look at"
    )]
    [InlineData(
        false,
        $$"""{"security.protocol": "SASL_PLAINTEXT", {{Password}}}""",
        "^sasl_plaintext://{servers}/bootstrap: SASL authentication error: there is no such user, or not with this password; look at what the file of securityRef or connectionRef signs in with$"
    )]
    [InlineData(
        true,
        "{}",
        "^1/1 brokers are down; look whether the brokers run, and whether they speak what security.protocol says in the file that securityRef names$"
    )]
    public void Why_a_broker_refuses_is_the_problem_of_the_stream(bool hasTls, string resource, string problem)
    {
        using var broker = new RefusingBroker(hasTls);
        using var stream = Stream(broker, resource);
        using var run = Run(stream);
        while (run.Source.Problem is null || (problem[1] == 's' && run.Source.Problem[0] != 's'))
            run.Step(CancellationToken.None);
        Assert.Matches(problem.Replace("{servers}", broker.Servers, StringComparison.Ordinal), run.Source.Problem);
        Assert.DoesNotContain("topsecret", run.Source.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"security.protocol": "SSLL"}""", "Invalid value \"SSLL\" for configuration property \"security.protocol\"")]
    [InlineData("""{"session.timeout.ms": "soon"}""", "Invalid value for configuration property \"session.timeout.ms\"")]
    [InlineData("""{"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"}""", "sasl.username and sasl.password must be set")]
    [InlineData("""{"security.protocol": "SASL_SSL", "sasl.mechanism": "SECRET"}""", "Unsupported SASL mechanism: SECRET")]
    [InlineData("""{"security.protocol": "SSL", "ssl.ca.location": "/nothing/there.pem"}""", "ssl.ca.location failed")]
    [InlineData("""{"security.protocol": "SSL", "ssl.key.pem": "topsecret"}""", "ssl.key.pem failed: not in PEM format?")]
    public void A_setting_that_the_client_does_not_take_is_named(string resource, string what)
    {
        using var broker = new RefusingBroker(hasTls: false);
        using var stream = Stream(broker, resource);
        var failure = Assert.Throws<RunException>(() => Run(stream));
        Assert.StartsWith(
            $"a setting of the Kafka client for topic 'orders' of {broker.Servers} is not what it should be: {what}",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("correct it in the file that securityRef or connectionRef names", failure.Hint);
        Assert.DoesNotContain("topsecret", failure.ToString(), StringComparison.Ordinal);
        var asked = Assert.Throws<RunException>(() => KafkaEnds.Of(stream.Root, stream.Definition, NullLogger.Instance));
        Assert.Equal(failure.Message, asked.Message);
    }

    private static TestStream Stream(RefusingBroker broker, string resource)
    {
        var stream = new TestStream(
            $"""<ingest table="raw"><kafka bootstrapServers="{broker.Servers}" topic="orders" securityRef="kafka"/></ingest>"""
        );
        var folder = Path.Combine(stream.Folder, "config/applications/shop/staging/resources");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "kafka.json"), resource);
        return stream;
    }

    private static StreamRun Run(TestStream stream) =>
        new(
            stream.Root,
            stream.Definition,
            new() { MemoryLimitBytes = 512 << 20, Threads = 1 },
            TimeProvider.System,
            NullLogger.Instance,
            inbox: null,
            CancellationToken.None
        );
}
