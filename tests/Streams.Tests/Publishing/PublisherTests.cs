using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Streams.Publishing;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Tests.Kafka;

namespace ServerlessHub.Streams.Tests.Publishing;

public sealed class PublisherTests : IDisposable
{
    private readonly MockBroker _broker = new("summary", 1);
    private TestStream? _stream;

    public void Dispose()
    {
        _stream?.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public void Each_changed_row_is_sent_once_in_its_newest_state_and_again_under_the_same_id()
    {
        Open("");
        Take(0, Order(1, "CH", 10), Order(2, "DE", 1));
        Take(2, Order(3, "CH", 5));
        Assert.Equal(2, Publish());
        Take(3, Order(4, "DE", 2));
        Assert.Equal(1, Publish());
        Assert.Equal(0, Publish());
        var sent = Sent();
        Assert.Equal(
            [
                """CH {"country":"CH","orders":2,"revenue":15}""",
                """DE {"country":"DE","orders":1,"revenue":1}""",
                """DE {"country":"DE","orders":2,"revenue":3}""",
            ],
            sent.Select(m => $"{m.Key} {m.Value}").Order(StringComparer.Ordinal)
        );
        Assert.All(sent, m => Assert.Contains("content-type=application/json", m.Headers, StringComparison.Ordinal));

        // As after a crash between the last confirmation and the position.
        File.Delete(Path.Combine(_stream!.Folder, "data/ops/streams/shop/staging/orders/publish-d-summary.json"));
        Assert.Equal(2, Publish());
        Assert.Equal(0, Publish());
    }

    [Fact]
    public void A_crash_before_the_position_is_written_sends_the_same_ids()
    {
        Open("");
        Take(0, Order(1, "CH", 10));
        Publish();
        var position = Path.Combine(_stream!.Folder, "data/ops/streams/shop/staging/orders/publish-d-summary.json");
        var before = File.ReadAllBytes(position);
        Take(1, Order(2, "CH", 1), Order(3, "DE", 1));
        Publish();
        File.WriteAllBytes(position, before);
        Take(3, Order(4, "DE", 1));
        Publish();
        var ids = Sent().Select(m => m.Headers.Split(',').Single(h => h.StartsWith("id=", StringComparison.Ordinal))).ToArray();
        // CH; CH and DE; CH again, and DE in a newer state.
        Assert.Equal(5, ids.Length);
        Assert.Equal(4, ids.Distinct().Count());
    }

    [Fact]
    public void A_cloud_event_holds_the_row_and_says_what_it_is()
    {
        Open("format=\"cloudEvents\"");
        Take(0, Order(1, "CH", 10));
        Publish();
        var message = Assert.Single(Sent());
        Assert.Contains("content-type=application/cloudevents+json; charset=UTF-8", message.Headers, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(message.Value);
        var root = json.RootElement;
        Assert.Equal("1.0", root.GetProperty("specversion").GetString());
        Assert.Equal("/streams/shop/staging/orders", root.GetProperty("source").GetString());
        Assert.Equal("shop.staging.s.changed", root.GetProperty("type").GetString());
        Assert.Equal("CH", root.GetProperty("subject").GetString());
        Assert.StartsWith("shop.staging.s/", root.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"country":"CH","orders":1,"revenue":10}""", root.GetProperty("data").GetRawText());
    }

    [Fact]
    public void Of_two_processes_one_publishes()
    {
        Open("");
        Take(0, Order(1, "CH", 10));
        using var first = Publisher();
        using var second = Publisher();
        Assert.Equal(1, first.Publish(CancellationToken.None));
        Take(1, Order(2, "CH", 10));
        Assert.Equal(0, second.Publish(CancellationToken.None));
        first.Dispose();
        Assert.Equal(1, second.Publish(CancellationToken.None));
    }

    [Fact]
    public void A_host_that_ends_in_between_publishes_call_by_call_and_holds_up_no_other()
    {
        Open("");
        Take(0, Order(1, "CH", 10));
        Upkeep().Publish(CancellationToken.None);
        Take(1, Order(2, "CH", 10));
        using (var other = Publisher())
            Assert.Equal(1, other.Publish(CancellationToken.None));
        Take(2, Order(3, "CH", 10));
        Upkeep().Publish(CancellationToken.None);
        Upkeep().Publish(CancellationToken.None);
        Assert.Equal(3, Sent().Length);

        StreamUpkeep Upkeep() => new(_stream!.Root, _stream.Definition, TimeProvider.System, NullLogger.Instance);
    }

    [Fact]
    public void One_summary_goes_to_several_topics_each_on_from_where_it_is_and_that_is_told()
    {
        _broker.AddTopic("other", 1);
        Open("", $"""<publish driver="d"><kafka bootstrapServers="{_broker.Servers}" topic="other"/></publish>""");
        Take(0, Order(1, "CH", 10));
        Assert.Equal(1, Publish());
        Take(1, Order(2, "DE", 10));
        var before = new StreamControl(_stream!.Root, TimeProvider.System).Publications(_stream.Definition);
        Assert.Equal(
            [("d", "summary", "shop.staging.s", 0L, 1L), ("d", "other", "shop.staging.s", null, 2L)],
            before.Select(p => (p.Driver, p.Topic, p.Table, p.Version, p.WaitingVersions))
        );
        Assert.Equal(2, Publish(publication: 1));
        Assert.Equal(1, Publish());
        var after = new StreamControl(_stream.Root, TimeProvider.System).Publications(_stream.Definition);
        Assert.All(after, p => Assert.Equal((1L, 0L, true), (p.Version, p.WaitingVersions, p.PublishedAt is not null)));
    }

    private static string Order(int id, string country, int amount) => $$"""{"id":{{id}},"country":"{{country}}","amount":{{amount}}}""";

    private void Open(string publish, string more = "") =>
        _stream = new TestStream(
            $"""
            <ingest table="orders_raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest>
            <flatten root="o" key="id" schemaRef="order.json"/>
            <summarise><driver id="d" table="s" groupBy="country" metrics="count:orders, sum:amount:revenue"/></summarise>
            <publish driver="d" {publish}><kafka bootstrapServers="{_broker.Servers}" topic="summary"/></publish>{more}
            """,
            "STRUCT(id BIGINT, country VARCHAR, amount BIGINT)"
        );

    private void Take(long first, params string[] orders)
    {
        using var processor = _stream!.Open();
        processor.ProcessBatch(TestStream.Batch(0, first, orders));
    }

    private Publisher Publisher(int publication = 0) =>
        new(
            _stream!.Root,
            _stream.Definition,
            _stream.Definition.Document.Publications[publication],
            TimeProvider.System,
            NullLogger.Instance
        );

    private long Publish(int publication = 0)
    {
        using var publisher = Publisher(publication);
        return publisher.Publish(CancellationToken.None);
    }

    /// <summary>What another client reads of the topic.</summary>
    private (string Key, string Headers, string Value)[] Sent() =>
        [
            .. Kcat.Run("", "-C", "-b", _broker.Servers, "-t", "summary", "-o", "beginning", "-e", "-q", "-f", "%k\t%h\t%s\n")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .Select(parts => (parts[0], parts[1], parts[2])),
        ];
}
