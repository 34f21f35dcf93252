using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Tests.Kafka;

public sealed class StreamHostTests : IAsyncDisposable
{
    private readonly MockBroker _broker = new("orders", 1);
    private readonly KafkaStream _stream;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly StreamHost _host;
    private readonly string _document;
    private int _sent;

    public StreamHostTests()
    {
        _stream = new(_broker);
        _producer = KafkaStream.Producer(_broker);
        _host = new(
            _stream.Tables.Root,
            new() { MemoryLimitBytes = 512 << 20, Threads = 1 },
            TimeProvider.System,
            NullLogger<StreamHost>.Instance
        );
        _document = Path.Combine(_stream.Folder, "config/applications/shop/staging/streams/orders.xml");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _producer.Dispose();
        _stream.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public void A_stream_runs_as_its_document_says_and_a_wrong_document_replaces_nothing()
    {
        var address = _stream.Tables.Definition.Address;
        SendAndTake();
        var text = File.ReadAllText(_document);

        File.WriteAllText(_document, text.Replace("<kafka", "<kafak", StringComparison.Ordinal));
        _host.Look();
        Assert.StartsWith("config/applications/shop/staging/streams/orders.xml:", _host.Find(address)!.Problem, StringComparison.Ordinal);
        SendAndTake();

        File.WriteAllText(_document, text.Replace("orders_raw", "orders_other", StringComparison.Ordinal));
        Until(() => _stream.Tables.Rows("orders_other", "t.\"offset\"").Length == _sent);
        Assert.Null(_host.Find(address)!.Problem);

        File.Delete(_document);
        Until(() => _host.Find(address) is null);
    }

    [Fact]
    public void A_paused_stream_reads_nothing_until_it_is_resumed()
    {
        var address = _stream.Tables.Definition.Address;
        var control = new StreamControl(_stream.Tables.Root, TimeProvider.System);
        SendAndTake();
        control.Pause(address, "ann", "the broker moves");
        _host.Look();
        Assert.Equal(StreamState.Paused, _host.Find(address)!.State);
        Assert.Equal(("ann", "the broker moves"), (control.PauseOf(address)!.By, control.PauseOf(address)!.Reason));
        control.Resume(address);
        SendAndTake();
        Assert.Equal(StreamState.Running, _host.Find(address)!.State);
        Assert.Equal("ingest", Assert.Single(control.Phases(_stream.Tables.Definition)).Phase);
    }

    [Fact]
    public void A_connection_or_schema_that_is_written_anew_is_what_the_stream_goes_by()
    {
        var address = _stream.Tables.Definition.Address;
        var config = Path.Combine(_stream.Folder, "config/applications/shop/staging");
        var (connection, schema) = (Path.Combine(config, "resources/broker.json"), Path.Combine(config, "schemas/order.json"));
        Directory.CreateDirectory(Path.GetDirectoryName(schema)!);
        File.WriteAllText(schema, """{"type": "object", "properties": {"id": {"type": "integer"}}}""");
        File.WriteAllText(
            _document,
            File.ReadAllText(_document)
                .Replace("</stream>", """<flatten root="o" key="id" schemaRef="schemas/order.json"/></stream>""", StringComparison.Ordinal)
        );
        SendAndTake("""{"id":1,"name":"a"}""");
        Until(() => _stream.Tables.Rows("o", "t.id").Length == 1);

        var right = File.ReadAllText(connection);
        File.WriteAllText(connection, """{"security.protocol": "SSLL"}""");
        Until(() => _host.Find(address)!.Problem is { } problem && problem.Contains("\"SSLL\"", StringComparison.Ordinal));
        File.WriteAllText(connection, right);
        SendAndTake("""{"id":2,"name":"b"}""");

        File.WriteAllText(schema, """{"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}""");
        _host.Look();
        SendAndTake("""{"id":3,"name":"c"}""");
        Until(() => _stream.Tables.Rows("o", "t.id").Length == 3);
        Assert.Equal(
            ["1 {\"name\":\"a\"}", "2 {\"name\":\"b\"}", "3 c"],
            _stream.Tables.Rows("o", "concat_ws(' ', t.id, t.name, t._rescued)")
        );
    }

    [Fact]
    public async Task What_is_handed_in_goes_to_the_topic_with_what_was_said_of_it()
    {
        var document = _stream.Tables.Root.Documents(DocumentKind.Stream).Single();
        IncomingEvent[] events =
        [
            new(
                "{\"n\":1}"u8.ToArray(),
                """{"content-type":"application/json; charset=utf-8","ce_id":"1","ce_subject":"Zürich"}"""u8.ToArray()
            ),
            new("{\"n\":2}"u8.ToArray(), default),
        ];
        Assert.Equal(new("orders", null, null, null), await _host.Accept(document, events, default));
        Assert.Equal(
            [
                """content-type=application/json; charset=utf-8,ce_id=1,ce_subject=Zürich {"n":1}""",
                """content-type=application/json {"n":2}""",
            ],
            Kcat.Run("", "-C", "-b", _broker.Servers, "-t", "orders", "-o", "beginning", "-e", "-q", "-f", "%h %s\n").Trim().Split('\n')
        );
    }

    private void SendAndTake(string value = "{}")
    {
        _producer.Produce(new TopicPartition("orders", 0), new Message<byte[], byte[]> { Value = Encoding.UTF8.GetBytes(value) });
        _producer.Flush();
        _sent++;
        Until(() => _stream.Taken() == _sent && _host.Find(_stream.Tables.Definition.Address)!.Events > 0);
    }

    private void Until(Func<bool> isSo)
    {
        while (!isSo())
            _host.Look();
    }
}
