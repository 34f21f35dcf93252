using System.Diagnostics.Metrics;
using System.Text;
using Azure.Messaging.EventHubs;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Functions.Streams;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Kafka;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions.Tests.Streams;

/// <summary>Which streams get what comes to the event hub, what becomes of those that cannot take it, and who reads the other sources.</summary>
public sealed class EventDeliveryTests : IDisposable
{
    private const string Namespace = "shop.servicebus.windows.net";
    private static readonly SourcePartition Partition = new("orders", 0);
    private readonly string folder = Directory.CreateTempSubdirectory("hub-delivery-").FullName;
    private readonly StreamProcessors processors;
    private RunException? failure;
    private long last = -1;

    public EventDeliveryTests()
    {
        processors = new(new HubRoot(folder), new StreamOptions(), TimeProvider.System);
        Write("config/common/resources/events.json", """{ "namespace": "shop" }""");
        Write("config/common/resources/elsewhere.json", """{ "namespace": "other" }""");
    }

    public void Dispose()
    {
        processors.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_batch_goes_to_each_stream_of_the_event_hub_and_to_no_other()
    {
        Stream("first", """<eventHub name="orders" connectionRef="events"/>""");
        Stream("second", """<eventHub name="orders" connectionRef="events"/>""");
        Stream("returns", """<eventHub name="returns" connectionRef="events"/>""");
        Stream("foreign", """<eventHub name="orders" connectionRef="elsewhere"/>""");
        Stream("nowhere", """<eventHub name="orders" connectionRef="missing"/>""");
        await Delivery().Deliver(Partition, Events(0, 4), default);
        Assert.Equal([5, 5, 0, 0, 0], Rows("first", "second", "returns", "foreign", "nowhere"));
    }

    [Fact]
    public async Task A_stream_that_only_a_person_can_mend_keeps_no_other_from_its_events_and_none_from_itself()
    {
        Stream("behind", """<eventHub name="orders" connectionRef="events"/>""");
        await Delivery().Deliver(Partition, Events(0, 4), default);
        Stream("new", """<eventHub name="orders" connectionRef="events"/>""", startFrom: "latest");
        // Those in between are gone.
        var delivery = Delivery();
        await delivery.Deliver(Partition, Events(9, 12), default);
        var lags = Lags();
        Assert.Equal([5, 4], Rows("behind", "new"));
        // Since the tenth second of 1970.
        Assert.InRange(lags["behind"], 1e9, 1e10);
        Assert.Equal(0, lags["new"]);
        Stream("behind", """<eventHub name="orders" connectionRef="events"/>""", onOffsetGone: "skip");
        await delivery.Deliver(Partition, Events(13, 13), default);
        Assert.Equal([6, 5], Rows("behind", "new"));
        Assert.Equal(0, Lags()["behind"]);
    }

    [Fact]
    public async Task A_stream_that_lacked_what_it_names_takes_events_once_that_is_there()
    {
        Stream("orders", """<eventHub name="orders" connectionRef="late"/>""");
        var delivery = Delivery();
        await delivery.Deliver(Partition, Events(0, 4), default);
        Assert.Equal([0], Rows("orders"));
        Write("config/common/resources/late.json", """{ "namespace": "shop" }""");
        await delivery.Deliver(Partition, Events(0, 4), default);
        Assert.Equal([5], Rows("orders"));
    }

    [Fact]
    public async Task What_may_pass_is_left_to_whoever_tries_again_and_the_other_streams_go_on()
    {
        Stream("behind", """<eventHub name="orders" connectionRef="events"/>""");
        await Delivery().Deliver(Partition, Events(0, 4), default);
        Stream("new", """<eventHub name="orders" connectionRef="events"/>""", startFrom: "latest");
        failure = new RunException("the event hub does not answer", isTransient: true);
        await Assert.ThrowsAsync<RunException>(() => Delivery().Deliver(Partition, Events(9, 12), default));
        Assert.Equal([5, 4], Rows("behind", "new"));
    }

    [Fact]
    public async Task A_stream_that_is_paused_takes_nothing_and_has_all_when_it_is_resumed()
    {
        Stream("orders", """<eventHub name="orders" connectionRef="events"/>""");
        var control = new StreamControl(new HubRoot(folder), TimeProvider.System);
        var stream = new DocumentAddress("shop", "staging", "orders");
        await Delivery().Deliver(Partition, Events(0, 4), default);
        control.Pause(stream, "tester", null);
        last = 9;
        await Delivery().Deliver(Partition, Events(5, 9), default);
        await Delivery().DeliverMissed(default);
        Assert.Equal([5], Rows("orders"));
        control.Resume(stream);
        await Delivery().DeliverMissed(default);
        Assert.Equal([10], Rows("orders"));
    }

    [Fact]
    public async Task Streams_that_read_by_themselves_read_all_there_is_each_minute()
    {
        Stream("clicks", """<files path="landing/clicks/*.jsonl"/>""");
        Stream("paused", """<files path="landing/clicks/*.jsonl"/>""");
        Write("landing/clicks/a.jsonl", "{\"n\":1}\n{\"n\":2}\n");
        new StreamControl(new HubRoot(folder), TimeProvider.System).Pause(new("shop", "staging", "paused"), "tester", null);
        await Minute();
        Assert.Equal([2, 0], Rows("clicks", "paused"));
        Write("landing/clicks/b.jsonl", "{\"n\":3}\n");
        await Minute();
        Assert.Equal([3, 0], Rows("clicks", "paused"));
    }

    private Task Minute()
    {
        var root = new HubRoot(folder);
        return new StreamsFunction(
            Streams(root),
            root,
            new StreamOptions(),
            Settings,
            TimeProvider.System,
            NullLogger<StreamsFunction>.Instance
        ).Run(new(), default);
    }

    private EventDelivery Delivery()
    {
        var root = new HubRoot(folder);
        var intake = new EventIntake(processors, Read, TimeProvider.System);
        return new(Streams(root), intake, Ends, root, TimeProvider.System, NullLogger<EventDelivery>.Instance);
    }

    private HubSettings Settings => new(folder, "", new JobHubOptions(), new EventHubAddress(Namespace, "orders"));

    private EventStreams Streams(HubRoot root) =>
        new(root, Settings, new StreamControl(root, TimeProvider.System), NullLogger<EventStreams>.Instance);

    /// <summary>The event hub still has what is there after a pause, and else nothing.</summary>
    private Task<IReadOnlyList<EventData>> Read(SourcePartition partition, long from, long before, int most, CancellationToken ct) =>
        failure is null ? Task.FromResult<IReadOnlyList<EventData>>(last < 0 ? [] : Events(from, before - 1)) : throw failure;

    private Task<IReadOnlyList<(SourcePartition, long, DateTimeOffset)>> Ends(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<(SourcePartition, long, DateTimeOffset)>>([(Partition, last, DateTimeOffset.UnixEpoch)]);

    /// <summary>How far each stream is behind, as the metric says.</summary>
    private static Dictionary<string, double> Lags()
    {
        var lags = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "stream_lag_seconds")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, lag, tags, _) => lags[tags.ToArray().ToDictionary()["stream"]!.ToString()!] = lag);
        listener.Start();
        listener.RecordObservableInstruments();
        return lags;
    }

    private long[] Rows(params string[] streams)
    {
        var storage = new HubRoot(folder).Storage;
        return [.. streams.Select(id => new DeltaTable(storage, $"data/applications/shop/staging/{id}_raw").TryRead()?.Rows ?? 0)];
    }

    private void Stream(string id, string source, string startFrom = "earliest", string onOffsetGone = "fail") =>
        Write(
            $"config/applications/shop/staging/streams/{id}.xml",
            $"""
            <stream id="{id}" version="1.0" layer="staging">
              <ingest table="{id}_raw" startFrom="{startFrom}" onOffsetGone="{onOffsetGone}">{source}</ingest>
            </stream>
            """
        );

    private void Write(string file, string text)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static List<EventData> Events(long first, long last) =>
        [
            .. Enumerable
                .Range((int)first, (int)(last - first + 1))
                .Select(n =>
                    EventHubsModelFactory.EventData(
                        new BinaryData(Encoding.UTF8.GetBytes($$"""{"n":{{n}}}""")),
                        sequenceNumber: n,
                        offsetString: $"{n}",
                        enqueuedTime: DateTimeOffset.UnixEpoch.AddSeconds(n)
                    )
                ),
        ];
}
