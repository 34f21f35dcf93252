using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Tests.Kafka;

public sealed class KafkaSourceTests : IDisposable
{
    private readonly MockBroker _broker = new("orders", 2);
    private readonly IProducer<byte[], byte[]> _producer;

    public KafkaSourceTests() => _producer = KafkaStream.Producer(_broker);

    public void Dispose()
    {
        _producer.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public void What_another_client_sends_is_in_the_raw_table_as_it_was_sent()
    {
        using var stream = new KafkaStream(_broker);
        Kcat.Run(
            "k1|{\"a\":\"ü\"}\n",
            "-P",
            "-b",
            _broker.Servers,
            "-t",
            "orders",
            "-p",
            "1",
            "-K",
            "|",
            "-H",
            "source=web",
            "-H",
            "tag=1"
        );
        using var run = Run(stream);
        Until(run, stream, 1);
        Assert.Equal(
            ["""orders, 1, 0, k1, {"source":"web","tag":"1"}, {"a":"ü"}, true"""],
            stream.Tables.Rows(
                "orders_raw",
                """concat_ws(', ', topic, partition, "offset", key, headers, value, enqueued_at BETWEEN now() - INTERVAL 1 HOUR AND now() + INTERVAL 1 HOUR)"""
            )
        );
    }

    [Fact]
    public void A_header_that_is_no_text_is_in_base_64_and_a_message_without_a_value_is_kept()
    {
        using var stream = new KafkaStream(_broker);
        var headers = new Headers { { "trace", [0xff, 0x00] }, { "none", null } };
        _producer.Produce(new TopicPartition("orders", 0), new Message<byte[], byte[]> { Key = "gone"u8.ToArray(), Headers = headers });
        using var run = Run(stream);
        Until(run, stream, 1);
        Assert.Equal(
            ["""gone, {"trace":"/wA=","none":null}, true"""],
            stream.Tables.Rows("orders_raw", "concat_ws(', ', key, headers, value IS NULL)")
        );
    }

    [Fact]
    public void A_broker_that_goes_and_comes_back_costs_no_event()
    {
        using var stream = new KafkaStream(_broker);
        Send(0, 0, 10);
        using var run = Run(stream);
        Until(run, stream, 10);
        _broker.Fall();
        while (run.Source.Problem is null)
            run.Step(CancellationToken.None);
        _broker.Rise();
        Send(0, 10, 20);
        Until(run, stream, 20);
        Assert.Null(run.Source.Problem);
        AssertOffsets(stream, 20);
    }

    [Fact]
    public void What_was_read_ahead_of_a_batch_that_was_not_committed_is_read_again_after_it()
    {
        using var stream = new KafkaStream(_broker, "maxEvents=\"10\"");
        Send(0, 0, 30);
        using var source = EventSources.Open(
            new(stream.Tables.Root, stream.Tables.Definition, () => stream.Offsets.Offsets(), TimeProvider.System, NullLogger.Instance)
        );
        var (first, second) = (Read(source, stream), Read(source, stream));
        SourcePartition partition = new("orders", 0);
        Assert.Equal([(partition, new OffsetRange(0, 9))], first.Ranges);
        Assert.Equal([(partition, new OffsetRange(10, 19))], second.Ranges);

        // Somebody else has written three of them meanwhile.
        BatchResult other = new(IsCommitted: false, new Dictionary<SourcePartition, long> { [partition] = 2 }, 0, 0);
        source.Settle(first, other);
        source.Settle(second, other);
        Assert.Equal([(partition, new OffsetRange(3, 12))], Read(source, stream).Ranges);
        Assert.Equal([(partition, new OffsetRange(13, 22))], Read(source, stream).Ranges);
    }

    [Fact]
    public void Events_that_are_gone_before_they_were_read_stop_the_stream_and_it_says_which()
    {
        using var stream = new KafkaStream(_broker);
        Lose(stream);
        using var run = Run(stream);
        var failure = Assert.Throws<StreamException>(() => Until(run, stream, 1_000));
        Assert.Matches(
            @"^stream shop/staging/orders: offset 3 of orders/0 is to be read next, but the oldest that the broker has is \d+: \d+ events were deleted unread$",
            failure.Message
        );
        Assert.Contains("onOffsetGone=\"skip\"", failure.Hint, StringComparison.Ordinal);
        AssertOffsets(stream, 3);
    }

    [Fact]
    public void Where_the_document_says_so_a_stream_goes_on_after_events_that_are_gone_and_the_gap_is_written_down()
    {
        using var stream = new KafkaStream(_broker, "onOffsetGone=\"skip\"");
        var end = Lose(stream);
        using var run = Run(stream);
        Until(run, stream, end);
        var folder = new StreamFolder(stream.Tables.Root.Storage, stream.Tables.Definition.Address);
        var gap = Assert.Single(SourceGap.Of(folder));
        Assert.Equal(("orders", 0, 3L), (gap.Topic, gap.Partition, gap.First));
        // What there is, and what is said to be gone, is all there was.
        Assert.Equal(
            Enumerable.Range(0, (int)end).Where(o => o < gap.First || o > gap.Last).Select(o => $"{o}").Order(StringComparer.Ordinal),
            stream.Tables.Rows("orders_raw", "t.\"offset\"").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_topic_that_was_made_anew_stops_the_stream_whatever_the_document_says()
    {
        using var stream = new KafkaStream(_broker, "onOffsetGone=\"skip\"");
        stream.Offsets.ProcessBatch(TestStream.Batch(0, 0, [.. Enumerable.Repeat("{}", 50)]));
        Send(0, 0, 5);
        using var run = Run(stream);
        var failure = Assert.Throws<StreamException>(() => Until(run, stream, 1_000));
        Assert.Equal(
            "stream shop/staging/orders: orders/0 ends before offset 5, but the table has its events up to 49: the topic was made anew",
            failure.Message
        );
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("2999-01-31T18:30:00Z")]
    public void To_begin_after_all_there_is_is_decided_once_even_if_nothing_is_committed_before_a_crash(string startFrom)
    {
        using var stream = new KafkaStream(_broker, $"startFrom=\"{startFrom}\"");
        Send(0, 0, 5);
        using (Run(stream))
        {
            // It dies before an event comes.
        }
        Send(0, 5, 8);
        using var run = Run(stream);
        Until(run, stream, 8);
        Assert.Equal(["5", "6", "7"], stream.Tables.Rows("orders_raw", "t.\"offset\""));
    }

    [Fact]
    public void What_is_no_JSON_and_what_is_large_hold_nothing_up()
    {
        using var stream = new KafkaStream(_broker);
        var large = $$"""{"text":"{{new string('x', 10 << 20)}}"}""";
        Produce(1, large);
        Send(0, 0, 2);
        Produce(0, "no JSON");
        Produce(0, "{}");
        using var run = Run(stream);
        Until(run, stream, 5);
        Assert.Equal(["0/0", "0/1", "0/3", "1/0"], stream.Tables.Rows("orders_raw", "t.partition || '/' || t.\"offset\""));
        Assert.Equal([$"{large.Length}"], stream.Tables.Rows("orders_raw", "max(length(t.value)) OVER ()").Distinct());
        Assert.Equal(["2: no JSON"], stream.Tables.Rows("orders_raw_dead_letters", "t.\"offset\" || ': ' || decode(t.value)"));
    }

    [Fact]
    public void A_worker_that_is_to_catch_up_ends_when_it_has()
    {
        using var stream = new KafkaStream(_broker);
        Send(0, 0, 100);
        Send(1, 0, 50);
        var worker = new StreamWorker(stream.Tables.Root, stream.Tables.Definition, new(), TimeProvider.System, NullLogger.Instance);
        worker.Run(untilCaughtUp: true, CancellationToken.None);
        Assert.Equal((StreamState.Ended, 150, 0L), (worker.Activity.State, worker.Activity.Events, worker.Activity.LagEvents));
        Assert.Equal(2, worker.Activity.Partitions.Count);
        Assert.Equal(new PartitionActivity("orders", 0, 99, 99, 0), worker.Activity.Partitions[0]);
    }

    private static StreamRun Run(KafkaStream stream) =>
        new(
            stream.Tables.Root,
            stream.Tables.Definition,
            new() { MemoryLimitBytes = 512 << 20, Threads = 1 },
            TimeProvider.System,
            NullLogger.Instance,
            inbox: null,
            CancellationToken.None
        );

    /// <summary>Reads until the batch is full.</summary>
    private static EventBatch Read(IEventSource source, KafkaStream stream)
    {
        using var never = new CancellationTokenSource();
        BatchWindow window = new(stream.Tables.Definition.Document.Ingest!, TimeProvider.System) { Turn = never.Token };
        var batch = new EventBatch();
        while (!window.IsDue(batch))
            source.Read(batch, window, CancellationToken.None);
        return batch;
    }

    /// <summary>Goes on until the raw table's offsets stand for so many events.</summary>
    private static void Until(StreamRun run, KafkaStream stream, long events)
    {
        while (stream.Taken() < events)
            run.Step(CancellationToken.None);
    }

    private static void AssertOffsets(KafkaStream stream, int count) =>
        Assert.Equal(
            Enumerable.Range(0, count).Select(i => $"{i}").Order(StringComparer.Ordinal),
            stream.Tables.Rows("orders_raw", "t.\"offset\"").Order(StringComparer.Ordinal)
        );

    /// <summary>Lets the table have three events, and the broker forget those that come next.</summary>
    /// <returns>How many were sent.</returns>
    private long Lose(KafkaStream stream)
    {
        Send(0, 0, 3);
        stream.Offsets.ProcessBatch(TestStream.Batch(0, 0, "{}", "{}", "{}"));
        var value = $$"""{"text":"{{new string('x', 500_000)}}"}""";
        for (var i = 0; i < 20; i++)
            Produce(0, value);
        return 23;
    }

    private void Send(int partition, int from, int to)
    {
        for (var i = from; i < to; i++)
            Produce(partition, $$"""{"n":{{i}}}""");
        _producer.Flush();
    }

    private void Produce(int partition, string value)
    {
        _producer.Produce(new TopicPartition("orders", partition), new Message<byte[], byte[]> { Value = Encoding.UTF8.GetBytes(value) });
        _producer.Flush();
    }
}
