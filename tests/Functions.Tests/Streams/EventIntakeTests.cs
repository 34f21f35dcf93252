using System.Text;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using ServerlessHub.Functions.Streams;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions.Tests.Streams;

public sealed class EventIntakeTests : IDisposable
{
    private const string Document = "config/applications/shop/staging/streams/orders.xml";
    private static readonly SourcePartition Partition = new("orders", 3);
    private readonly string folder = Directory.CreateTempSubdirectory("hub-events-").FullName;
    private readonly List<(long From, long Before)> asked = [];
    private readonly StreamProcessors processors;
    private IReadOnlyList<EventData> kept = [];

    public EventIntakeTests() => processors = new(new HubRoot(folder), new StreamOptions(), TimeProvider.System);

    public void Dispose()
    {
        processors.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Events_come_into_the_table_once_however_often_they_are_brought()
    {
        kept = Events(0, 9);
        await Take(0, 4);
        await Take(0, 4);
        await Take(3, 9);
        Assert.Equal(10, Rows());
        Assert.Empty(asked);
    }

    [Theory]
    [InlineData("till", "till")]
    [InlineData(7, "7")]
    [InlineData(new byte[] { 0x74, 0x69, 0x6c, 0x6c }, "till")]
    [InlineData(new byte[] { 0xff, 0xfe }, "//4=")]
    public void Properties_are_texts_as_headers_of_the_same_event_over_Kafka_would_be(object value, string expected)
    {
        using var json = JsonDocument.Parse(PropertyJson.Of(new Dictionary<string, object> { ["ce_id"] = value }));
        Assert.Equal(expected, json.RootElement.GetProperty("ce_id").GetString());
    }

    [Fact]
    public async Task What_a_trigger_passed_over_is_read_again_before_what_it_brings()
    {
        kept = Events(0, 19);
        await Take(0, 4);
        await Take(12, 19);
        Assert.Equal(20, Rows());
        Assert.Equal([(5, 12), (9, 12)], asked);
    }

    [Fact]
    public async Task What_was_passed_over_is_found_also_where_nothing_comes_any_more()
    {
        kept = Events(0, 19);
        await Take(0, 4);
        await Intake().TakeMissed(Stream(), Partition, 19, default);
        Assert.Equal(20, Rows());
        await Intake().TakeMissed(Stream(), Partition, 19, default);
        Assert.Equal(20, Rows());
    }

    [Fact]
    public async Task A_stream_that_begins_with_the_earliest_events_begins_before_the_first_that_is_brought()
    {
        kept = Events(7, 19);
        await Take(10, 19);
        Assert.Equal(13, Rows());
    }

    [Fact]
    public async Task A_stream_that_begins_with_the_latest_events_begins_with_the_first_that_is_brought()
    {
        kept = Events(0, 19);
        await Take(10, 19, startFrom: "latest");
        Assert.Equal(10, Rows());
        Assert.Empty(asked);
    }

    [Fact]
    public async Task Events_that_are_gone_stop_the_stream_unless_it_passes_over_them()
    {
        kept = Events(8, 19);
        await Take(0, 4);
        var refused = await Assert.ThrowsAsync<RunException>(() => Take(12, 19));
        Assert.Contains("events 5 to 7 of orders/3 are gone", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5, Rows());
        await Take(12, 19, onOffsetGone: "skip");
        Assert.Equal(17, Rows());
    }

    private async Task Take(long first, long last, string startFrom = "earliest", string onOffsetGone = "fail")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, Document))!);
        Directory.CreateDirectory(Path.Combine(folder, "config/common/resources"));
        File.WriteAllText(Path.Combine(folder, "config/common/resources/events.json"), """{ "namespace": "shop" }""");
        File.WriteAllText(
            Path.Combine(folder, Document),
            $"""
            <stream id="orders" version="1.0" layer="staging">
              <ingest table="orders_raw" startFrom="{startFrom}" onOffsetGone="{onOffsetGone}" maxEvents="4">
                <eventHub name="orders" connectionRef="events"/>
              </ingest>
            </stream>
            """
        );
        await Intake().Take(Stream(), Partition, Events(first, last), default);
    }

    private EventIntake Intake() => new(processors, Read, TimeProvider.System);

    private StreamDefinition Stream()
    {
        var root = new HubRoot(folder);
        return StreamFile.Read(root, root.Document(DocumentKind.Stream, "orders"));
    }

    private Task<IReadOnlyList<EventData>> Read(SourcePartition partition, long from, long before, int most, CancellationToken ct)
    {
        asked.Add((from, before));
        return Task.FromResult<IReadOnlyList<EventData>>([
            .. kept.Where(e => e.SequenceNumber >= from && e.SequenceNumber < before).Take(most),
        ]);
    }

    private long Rows() => new DeltaTable(new HubRoot(folder).Storage, "data/applications/shop/staging/orders_raw").TryRead()?.Rows ?? 0;

    private static List<EventData> Events(long first, long last) =>
        [
            .. Enumerable
                .Range((int)first, (int)(last - first + 1))
                .Select(n =>
                    EventHubsModelFactory.EventData(
                        new BinaryData(Encoding.UTF8.GetBytes($$"""{"n":{{n}}}""")),
                        properties: new Dictionary<string, object> { ["source"] = "till" },
                        partitionKey: $"k{n % 2}",
                        sequenceNumber: n,
                        offsetString: $"{n}",
                        enqueuedTime: DateTimeOffset.UnixEpoch.AddSeconds(n)
                    )
                ),
        ];
}
