using System.Text.Json;

namespace ServerlessHub.Host.Tests;

/// <summary>Streams where a server runs in a process of its own, and where none does.</summary>
public sealed class StreamServingTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    public StreamServingTests() =>
        hub.Write(
            "config/applications/shop/staging/streams/orders.xml",
            """
            <stream id="orders" version="1.0" layer="staging">
              <ingest table="orders_raw" maxDelay="PT0.05S"><http/></ingest>
              <flatten root="orders" key="id"/>
            </stream>
            """
        );

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task A_server_takes_events_into_the_tables_and_tells_how_the_stream_is()
    {
        using var server = await HubServerProcess.Start(hub.Path);
        var (status, answer) = await server.Post("api/events/orders", """[{"id":1},{"id":2}]""");
        // It listens before it has looked at its streams.
        while (status == 503)
            (status, answer) = await server.Post("api/events/orders", """[{"id":1},{"id":2}]""");
        Assert.Equal(202, status);
        Assert.Equal("""{"accepted":2,"topic":"http","partition":0,"firstOffset":0,"lastOffset":1}""", answer);
        Assert.Equal(202, (await server.Post("api/events/shop/staging/orders", """{"id":3}""")).Status);

        Assert.Equal("1 2 3", Ids());
        var shown = Json(Hub("streams", "status", "orders", "--json"));
        Assert.Equal("running", shown.GetProperty("activity").GetProperty("state").GetString());
        Assert.Equal(3, shown.GetProperty("activity").GetProperty("events").GetInt64());
        Assert.Equal(["ingest", "flatten"], shown.GetProperty("phases").EnumerateArray().Select(p => p.GetProperty("phase").GetString()));
        Assert.Contains("shop/staging/orders  running", Hub("streams", "status", "orders").Output, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, Hub("streams", "pause", "orders", "--reason", "the shop moves").Code);
        while ((await server.Post("api/events/orders", """{"id":4}""")).Status == 202) { }
        Assert.Contains(": the shop moves", Hub("streams", "status", "orders").Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, Hub("streams", "resume", "orders").Code);
        while ((await server.Post("api/events/orders", """{"id":5}""")).Status != 202) { }
        Assert.EndsWith(" 5", Ids(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_server_the_tables_tell_how_far_a_stream_is()
    {
        var listed = Json(Hub("streams", "list", "--json")).GetProperty("streams").EnumerateArray().Single();
        Assert.Equal(("orders", "http"), (listed.GetProperty("id").GetString(), listed.GetProperty("source").GetString()));
        Assert.Contains("shop/staging/orders  http", Hub("streams", "list").Output, StringComparison.Ordinal);
        var status = Hub("streams", "status", "orders");
        Assert.Contains("not run here", status.Output, StringComparison.Ordinal);
        Assert.Contains("ingest   shop.staging.orders_raw", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_takes_its_events_over_HTTP_runs_in_a_server_only()
    {
        var run = Hub("streams", "run", "orders");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains(
            "stream shop/staging/orders takes its events over HTTP, which this process does not",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("'hub serve' runs it", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_whose_document_is_wrong_does_not_run_and_the_place_is_told()
    {
        hub.Write(
            "config/applications/shop/staging/streams/torn.xml",
            """<stream id="torn" version="1" layer="staging"><ingest/></stream>"""
        );
        var run = Hub("streams", "run", "torn");
        Assert.Equal(ExitCode.Invalid, run.Code);
        Assert.Contains("torn.xml:1:", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, Hub("streams", "pause", "other").Code);
    }

    private string Ids() =>
        Json(Hub("sql", "SELECT string_agg(id::VARCHAR, ' ' ORDER BY id) AS ids FROM staging.orders", "--json"))
            .GetProperty("rows")[0]
            .GetProperty("ids")
            .GetString()!;

    private static JsonElement Json((ExitCode Code, string Output, string Error) run)
    {
        Assert.True(run.Code == ExitCode.Done, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private (ExitCode Code, string Output, string Error) Hub(params string[] arguments)
    {
        using var terminal = new RecordedTerminal();
        var code = CommandLine.Run([.. arguments, "--root", hub.Path], terminal.Terminal, CancellationToken.None);
        return (code, terminal.Output, terminal.Error);
    }
}
