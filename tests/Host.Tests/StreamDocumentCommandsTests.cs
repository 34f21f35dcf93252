using System.Text.Json;
using ServerlessHub.Samples;

namespace ServerlessHub.Host.Tests;

/// <summary>Commands about the documents of streams, on the sample and on a stream of its own.</summary>
public sealed class StreamDocumentCommandsTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    public StreamDocumentCommandsTests() => SampleDocuments.CopyTo(hub.Path);

    public void Dispose() => hub.Dispose();

    [Fact]
    public void The_plan_of_a_stream_draws_its_tables_and_says_where_columns_come_from()
    {
        var (code, output, _) = Hub("plan", "web_orders");

        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith(
            """
            web_orders 1.0.0
            config/applications/orders/staging/streams/web_orders.xml

              ○      files                                path=landing/orders/web/*.jsonl
              ├─╮
              │ ●    staging.web_orders_raw               the events as they came
            """.ReplaceLineEndings("\n"),
            output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "    shipping_country  string         ← orders.staging.web_orders_raw.value $.shipping.country\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("    orders            long\n", output, StringComparison.Ordinal);
        Assert.Empty(hub.Files("data"));
    }

    [Fact]
    public void The_lineage_of_one_column_is_told_alone() =>
        Assert.EndsWith(
            "\norders.staging.web_revenue\n    revenue  decimal(38,2)  ← orders.staging.web_orders.total\n",
            Hub("plan", "web_orders", "--lineage", "revenue").Output,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_plan_of_a_stream_as_JSON_has_tables_columns_and_what_is_sent_on()
    {
        hub.Write(
            "config/applications/orders/service/streams/ticks.xml",
            """
            <stream id="ticks" version="1" layer="service">
              <ingest table="ticks_raw"><kafka bootstrapServers="broker-1:9092" topic="ticks"/></ingest>
              <flatten root="ticks" key="id"/>
              <summarise><driver id="all" table="tick_counts" metrics="count:ticks"/></summarise>
              <publish driver="all"><kafka bootstrapServers="broker-1:9092" topic="tick-counts"/></publish>
            </stream>
            """
        );

        var plan = Json(Hub("plan", "ticks", "--json").Output);

        Assert.Equal(
            """{"kind":"kafka","line":2,"attributes":{"bootstrapServers":"broker-1:9092","topic":"ticks"}}""",
            Compact(plan.GetProperty("source"))
        );
        Assert.Equal(
            ["raw", "deadLetters", "root", "summary"],
            plan.GetProperty("tables").EnumerateArray().Select(t => t.GetProperty("role").GetString())
        );
        Assert.False(plan.GetProperty("tables")[2].TryGetProperty("columns", out _));
        Assert.Equal("orders.service.tick_counts", plan.GetProperty("publications")[0].GetProperty("table").GetString());
        Assert.Equal("HUB3009", plan.GetProperty("findings")[0].GetProperty("rule").GetString());
        Assert.Contains("its columns come from the events", Hub("plan", "ticks").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_finds_what_is_wrong_with_a_stream()
    {
        hub.Write(
            "config/applications/orders/staging/streams/bad.xml",
            """<stream id="bad" version="1" layer="staging"><ingest table="orders"><http/></ingest></stream>"""
        );

        var (code, output, _) = Hub("validate", "bad");
        var json = Json(Hub("validate", "all", "--json").Output);

        Assert.Equal(ExitCode.Invalid, code);
        Assert.Equal(
            "config/applications/orders/staging/streams/bad.xml:1:46: error HUB5008: table orders.staging.orders is written by the pipeline orders/staging/orders_load too; give it another name, or write the other one elsewhere\n",
            output
        );
        Assert.Equal(
            ["bad", "web_orders"],
            json.GetProperty("documents")
                .EnumerateArray()
                .Where(d => d.GetProperty("kind").GetString() == "stream")
                .Select(d => d.GetProperty("id").GetString())
        );
    }

    [Theory]
    [InlineData("plan web_orders --sql", (int)ExitCode.Usage, "this is a stream")]
    [InlineData("plan web_orders -p a=b", (int)ExitCode.Usage, "this is a stream")]
    [InlineData("plan web_orders --lineage revenu", (int)ExitCode.NotFound, "did you mean 'revenue'?")]
    [InlineData("plan web_ordres", (int)ExitCode.NotFound, "nor a stream 'web_ordres'")]
    [InlineData("schedules pause web_orders", (int)ExitCode.NotFound, "there is neither a pipeline nor a job 'web_orders'")]
    public void What_cannot_be_is_told(string line, int code, string part)
    {
        var ended = Hub(line.Split(' '));

        Assert.Equal(code, (int)ended.Code);
        Assert.Contains(part, ended.Error + ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_XML_schema_of_streams_is_printed() =>
        Assert.Contains("<xs:element name=\"stream\">", HubWithoutRoot("schema", "xsd", "stream").Output, StringComparison.Ordinal);

    private (ExitCode Code, string Output, string Error) Hub(params string[] arguments) =>
        HubWithoutRoot([.. arguments, "--root", hub.Path]);

    private static (ExitCode Code, string Output, string Error) HubWithoutRoot(params string[] arguments)
    {
        using var terminal = new RecordedTerminal();
        var code = CommandLine.Run(arguments, terminal.Terminal, CancellationToken.None);
        return (code, terminal.Output, terminal.Error);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
