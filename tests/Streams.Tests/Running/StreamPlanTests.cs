using System.Text;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Tests.Running;

/// <summary>What a plan says of tables is what they come to be.</summary>
public sealed class StreamPlanTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly StreamHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData("append", "")]
    [InlineData(
        "append",
        """<child path="$.items[*]" table="orders_items"><child path="$.discounts[*]" table="orders_items_discounts"/></child>"""
    )]
    [InlineData("merge", "")]
    public void Tables_have_the_columns_of_the_plan(string mode, string children)
    {
        var unwindowed =
            mode == "merge" ? "" : """<driver id="all" table="all_orders" metrics="count:orders, avg:amount:mean, first:status:first"/>""";
        var validation = _hub.Validate(
            $"""
            <ingest table="raw"><http/></ingest>
            <flatten root="orders" key="order_id" schemaRef="schemas/order.json" mode="{mode}" onMisfit="deadLetter">{children}</flatten>
            <summarise>
              {unwindowed}
              <driver id="carried" table="by_city" groupBy="address_city" metrics="count:n, sum:amount, avg:amount:mean, min:placed_at:first_at, last:status"
                window="PT5M" timeColumn="placed_at" allowedLateness="PT1M"/>
              <driver id="recomputed" table="by_sku" source="orders_items" groupBy="sku" metrics="median:quantity, countDistinct:order_id:orders" window="hourly"/>
              <driver id="sliding" table="sliding" metrics="p95:amount" window="PT10M" slide="PT5M" timeColumn="placed_at" allowedLateness="PT1M"/>
            </summarise>
            """
        );
        Assert.Empty(validation.Findings);

        Process(
            validation.Definition!,
            Order("a", Noon),
            Order("b", Noon.AddHours(2)),
            Order("late", Noon),
            "no object",
            """{"order_id": "c", "amount": "much"}"""
        );

        var tables = validation.Plan!.Tables.Where(t => !IsNeverLate(t.Name.Table, mode)).ToArray();
        Assert.Equal(
            tables.Select(t => $"{t.Name}: {string.Join(", ", t.Columns!.Select(c => $"{c.Name} {c.Type}"))}"),
            tables.Select(t => $"{t.Name}: {Columns(t.Name.Folder)}")
        );
    }

    // Lateness is not asked where the moment the source took the event is the time, nor where rows are replaced.
    private static bool IsNeverLate(string table, string mode) =>
        table == "by_sku_late" || (mode == "merge" && table.EndsWith("_late", StringComparison.Ordinal));

    private static string Order(string id, DateTimeOffset at) =>
        $$"""
            {"order_id": "{{id}}", "status": "placed", "amount": 1.5, "placed_at": "{{at:O}}", "address": {"city": "Bern"},
             "items": [{"sku": "x", "quantity": 2, "discounts": [{"code": "SUMMER"}]}], "tags": ["new"]}
            """;

    private void Process(StreamDefinition stream, params string[] events)
    {
        var batch = new EventBatch();
        foreach (var (text, offset) in events.Select((e, i) => (e, i)))
            batch.Add(
                new("http", 0),
                new StreamEvent
                {
                    Offset = offset,
                    EnqueuedAt = (Noon.AddHours(3) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                    Value = Encoding.UTF8.GetBytes(text),
                    HasValue = true,
                }
            );
        using var processor = new StreamProcessor(_hub.Root, stream, new StreamOptions { MemoryLimitBytes = 512 << 20, Threads = 2 });
        processor.ProcessBatch(batch);
    }

    private string Columns(string folder) =>
        new DeltaTable(_hub.Root.Storage, folder).TryRead() is { } table
            ? string.Join(", ", table.Columns.Select(c => $"{c.Name} {c.Type}"))
            : "there is none";
}
