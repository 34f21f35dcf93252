using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Host.Tests.Samples;

/// <summary>Takes the sample shop's generated events through its stream, and compares with a computation of its own over the same files.</summary>
public sealed class SampleStreamTests : IDisposable
{
    private const int Rows = 4_000;
    private const int BatchSize = 700;
    private readonly SampleRoot root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public void Each_order_counts_once_in_the_tables_and_in_the_revenue_however_often_its_event_came()
    {
        var files = root.Write("orders", Rows, seed: 7).Where(f => f.StartsWith("landing/orders/web/", StringComparison.Ordinal)).ToList();
        var hub = new HubRoot(root.Path);
        var stream = StreamFile.Read(hub, hub.Document(DocumentKind.Stream, "web_orders"));

        Process(hub, stream, files);
        // From the beginning: whatever brings events may do so again.
        Process(hub, stream, files);

        var (orders, broken, keyless) = Expected(files);
        Assert.True(broken > 0 && keyless > 0 && orders.Count < Rows - broken - keyless, "the events have each kind of dirt");
        Assert.Equal((long)orders.Count, Number("select count(*) from staging.web_orders"));
        Assert.Equal(orders.Sum(o => o.Items), Number("select count(*) from staging.web_order_items"));
        Assert.Equal(orders.Sum(o => o.Discounts), Number("select count(*) from staging.web_order_discounts"));
        Assert.Equal(broken, Number("select count(*) from staging.web_orders_raw_dead_letters where phase = 'ingest'"));
        Assert.Equal(keyless, Number("select count(*) from staging.web_orders_raw_dead_letters where phase = 'flatten'"));
        Assert.Equal(orders.Count(o => o.IsGiftUnclear), Number("select count(*) from staging.web_orders where _rescued is not null"));
        Assert.InRange(Number("select count(*) from staging.web_revenue_late"), 1, orders.Count / 100);
        var late = orders.Where(o => o.IsLate).ToList();
        Assert.Equal(late.Count, Number("select count(*) from staging.web_revenue_late"));
        Assert.Equal(
            orders
                .Where(o => !o.IsLate)
                .GroupBy(o => (o.Country, o.Window))
                .Select(g => $"{g.Key.Country} {g.Key.Window} {g.Count()} {g.Sum(o => o.Total)}")
                .Order(),
            Texts(
                "select shipping_country || ' ' || strftime(window_start, '%H:%M') || ' ' || orders || ' ' || revenue as text from staging.web_revenue"
            )
        );
        Assert.All(StreamVerification.Run(hub, stream), check => Assert.True(check.IsProven, check.ToString()));
    }

    private static void Process(HubRoot hub, StreamDefinition stream, IReadOnlyList<string> files)
    {
        using var processor = new StreamProcessor(hub, stream, new StreamOptions { MemoryLimitBytes = 512 << 20, Threads = 2 });
        foreach (var file in files)
        foreach (var lines in File.ReadLines(hub.Locate(file)).Select((text, offset) => (Text: text, Offset: offset)).Chunk(BatchSize))
        {
            var batch = new EventBatch();
            foreach (var (text, offset) in lines)
                batch.Add(
                    new(file, 0),
                    new StreamEvent
                    {
                        Offset = offset,
                        // The day after.
                        EnqueuedAt = 1_782_950_400_000_000 + offset,
                        Value = Encoding.UTF8.GetBytes(text),
                        HasValue = true,
                    }
                );
            Assert.True(processor.ProcessBatch(batch).IsCommitted);
        }
    }

    /// <summary>The orders by their first events; the lines that are cut off, and those without an order.</summary>
    private (IReadOnlyList<Order> Orders, int Broken, int Keyless) Expected(IEnumerable<string> files)
    {
        var orders = new Dictionary<string, Order>();
        var (broken, keyless) = (0, 0);
        foreach (var line in files.SelectMany(f => File.ReadLines(Path.Combine(root.Path, f))))
            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.GetProperty("order_id").ValueKind == JsonValueKind.Null)
                    keyless++;
                else
                    orders.TryAdd(json.RootElement.GetProperty("event_id").GetString()!, Order.Of(json.RootElement));
            }
            catch (JsonException)
            {
                broken++;
            }
        return ([.. orders.Values], broken, keyless);
    }

    private long Number(string sql) =>
        long.Parse(
            Texts(sql.Replace("count(*)", "count(*)::VARCHAR as text", StringComparison.Ordinal)).Single(),
            CultureInfo.InvariantCulture
        );

    private string[] Texts(string sql)
    {
        using var terminal = new RecordedTerminal();
        var code = CommandLine.Run(
            ["sql", $"{sql} order by all", "--rows", $"{Rows}", "--json", "--root", root.Path],
            terminal.Terminal,
            CancellationToken.None
        );
        Assert.True(code == ExitCode.Done, terminal.Output + terminal.Error);
        using var json = JsonDocument.Parse(terminal.Output);
        return [.. json.RootElement.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("text").GetString()!)];
    }

    private sealed record Order(string Country, string Window, decimal Total, int Items, int Discounts, bool IsGiftUnclear, bool IsLate)
    {
        public static Order Of(JsonElement json)
        {
            var placed = json.GetProperty("placed_at").GetDateTimeOffset();
            var items = json.GetProperty("items").EnumerateArray().ToList();
            return new(
                json.GetProperty("shipping").GetProperty("country").GetString()!,
                new DateTime(placed.UtcTicks - placed.UtcTicks % TimeSpan.FromMinutes(5).Ticks).ToString(
                    "HH:mm",
                    CultureInfo.InvariantCulture
                ),
                json.GetProperty("total").GetDecimal(),
                items.Count,
                items.Sum(i => i.GetProperty("discounts").GetArrayLength()),
                json.GetProperty("gift").ValueKind == JsonValueKind.String,
                // The others are a minute and a half of one day, and half a minute of the day before.
                placed.TimeOfDay
                    is var time
                    && time > TimeSpan.FromHours(12)
                    && time < TimeSpan.FromHours(22.5)
            );
        }
    }
}
