using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
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
