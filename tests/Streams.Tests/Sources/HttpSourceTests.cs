using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Tests.Sources;

public sealed class HttpSourceTests : IAsyncDisposable
{
    private readonly TestStream _stream = new("""<ingest table="orders_raw" maxDelay="PT0.05S"><http/></ingest>""");
    private readonly List<StreamHost> _hosts = [];

    public HttpSourceTests() =>
        File.WriteAllText(
            Path.Combine(_stream.Folder, "config/applications/shop/staging/streams/orders.xml"),
            """
            <stream id="orders" version="1.0" layer="staging"><ingest table="orders_raw" maxDelay="PT0.05S"><http/></ingest></stream>
            """
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _stream.Dispose();
    }

    [Fact]
    public async Task Events_are_in_the_raw_table_where_the_receipt_says_once_it_is_given()
    {
        var host = Host();
        var receipt = await host.Accept(Document, [Event(1), Event(2)], default);
        Assert.Equal(new("http", 0, 0, 1), receipt);
        Assert.Equal(
            ["http/0/0 {\"n\":1}", "http/0/1 {\"n\":2}"],
            _stream.Rows("orders_raw", "concat(topic, '/', partition, '/', \"offset\", ' ', value)")
        );
        Assert.Equal(new("http", 0, 2, 2), await host.Accept(Document, [Event(3)], default));
    }

    [Fact]
    public async Task Of_many_that_post_to_two_servers_at_once_each_event_has_the_place_that_was_told()
    {
        StreamHost[] hosts = [Host(), Host()];
        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(n => Task.Run(() => hosts[n % 2].Accept(Document, [Event(n), Event(1_000 + n)], default)))
        );
        Assert.Equal(
            receipts.SelectMany((r, n) => new[] { $"{r.First} {n}", $"{r.Last} {1_000 + n}" }).Order(StringComparer.Ordinal),
            _stream.Rows("orders_raw", "concat(\"offset\", ' ', value::JSON ->> 'n')").Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            Enumerable.Range(0, 120).Select(o => (long)o),
            receipts.SelectMany(r => new[] { r.First!.Value, r.Last!.Value }).Order()
        );
    }

    [Fact]
    public async Task A_receipt_is_given_for_what_is_committed_and_what_was_read_ahead_waits_for_its_own()
    {
        var (inbox, none) = (new EventInbox(), new Dictionary<SourcePartition, long>());
        using var stream = new TestStream("""<ingest table="orders_raw" maxEvents="3"><http/></ingest>""");
        using var source = EventSources.Open(
            new(stream.Root, stream.Definition, () => none, TimeProvider.System, NullLogger.Instance) { Inbox = inbox }
        );
        var one = inbox.Post([Event(1), Event(2), Event(3)], default);
        var two = inbox.Post([Event(4), Event(5), Event(6)], default);
        var (first, second) = (Read(), Read());

        // Another process has taken the places 0 to 9 meanwhile: the table has these offsets, but not these events.
        SourcePartition http = new("http", 0);
        using var processor = stream.Open();
        Assert.True(processor.ProcessBatch(Handed(http, 10)).IsCommitted);
        var result = processor.ProcessBatch(first);
        Assert.False(result.IsCommitted);
        source.Settle(first, result);
        source.Settle(second, result);
        (first, second) = (Read(), Read());
        Assert.Equal([(http, new OffsetRange(10, 12))], first.Ranges);
        Assert.Equal([(http, new OffsetRange(13, 15))], second.Ranges);
        Assert.False(one.IsCompleted);
        source.Settle(first, processor.ProcessBatch(first));
        Assert.Equal(new("http", 0, 10, 12), await one);
        Assert.False(two.IsCompleted);
        source.Settle(second, processor.ProcessBatch(second));
        Assert.Equal(new("http", 0, 13, 15), await two);

        EventBatch Read()
        {
            var batch = new EventBatch();
            source.Read(batch, new(stream.Definition.Document.Ingest!, TimeProvider.System), default);
            return batch;
        }
    }

    [Fact]
    public async Task A_stream_that_does_not_run_takes_nothing()
    {
        var host = new StreamHost(_stream.Root, new(), TimeProvider.System, NullLogger<StreamHost>.Instance);
        _hosts.Add(host);
        var failure = await Assert.ThrowsAsync<RunException>(() => host.Accept(Document, [Event(1)], default));
        Assert.True(failure.IsTransient);
        host.Look();
        await host.Accept(Document, [Event(1)], default);
        new StreamControl(_stream.Root, TimeProvider.System).Pause(_stream.Definition.Address, "ann", null);
        host.Look();
        Assert.True((await Assert.ThrowsAsync<RunException>(() => host.Accept(Document, [Event(2)], default))).IsTransient);
    }

    /// <summary>What another process was handed.</summary>
    private static EventBatch Handed(SourcePartition partition, int count)
    {
        var batch = new EventBatch { HasOwnOffsets = true };
        for (var offset = 0; offset < count; offset++)
            batch.Add(
                partition,
                new StreamEvent
                {
                    Offset = offset,
                    EnqueuedAt = 1,
                    Value = "{}"u8,
                    HasValue = true,
                }
            );
        return batch;
    }

    private HubDocument Document => _stream.Root.Documents(DocumentKind.Stream).Single();

    private static IncomingEvent Event(int n) => new(Encoding.UTF8.GetBytes($$"""{"n":{{n}}}"""), default);

    private StreamHost Host()
    {
        var host = new StreamHost(
            _stream.Root,
            new() { MemoryLimitBytes = 256 << 20, Threads = 1 },
            TimeProvider.System,
            NullLogger<StreamHost>.Instance
        );
        _hosts.Add(host);
        host.Look();
        return host;
    }
}
