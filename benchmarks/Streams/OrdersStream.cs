using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Benchmarks.Streams;

/// <summary>A stream of orders: a raw table, a root and a child, and a summary by country and five minutes.</summary>
internal static class OrdersStream
{
    public const string Topic = "orders";

    private const string Type =
        "STRUCT(order_id BIGINT, customer VARCHAR, country VARCHAR, amount DOUBLE, placed_at TIMESTAMPTZ, items STRUCT(sku VARCHAR, qty INTEGER)[])";

    /// <summary>Makes its hub root.</summary>
    public static HubRoot Root(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "config/applications/shop/staging/streams"));
        return new HubRoot(folder);
    }

    /// <summary>
    /// The stream, with a consumer group of its own: a mock's group that all have left takes a newcomer only when the session of the last has run out,
    /// three quarters of a minute later.
    /// </summary>
    /// <param name="servers">Where the topic is.</param>
    /// <param name="hasSchema">Whether the events' type is said, or inferred.</param>
    /// <param name="hasIds">Whether events that come twice are known by an id.</param>
    /// <param name="isRaw">Whether there is nothing but the raw table.</param>
    public static StreamDefinition Definition(string servers = "none:1", bool hasSchema = true, bool hasIds = false, bool isRaw = false)
    {
        var phases = $"""
            <flatten root="orders" key="order_id" {(
                hasIds ? "eventId=\"order_id\"" : ""
            )}><child path="$.items[*]" table="order_items"/></flatten>
            <summarise>
              <driver id="by_country" table="orders_by_country" groupBy="country" metrics="count:orders, sum:amount:revenue, avg:amount:mean"
                      window="PT5M" timeColumn="placed_at" allowedLateness="PT10M"/>
            </summarise>
            """;
        var document = StreamDocument.Read(
            $"""
            <stream id="orders" version="1.0" layer="staging">
              <ingest table="orders_raw" maxEvents="250000"><kafka bootstrapServers="{servers}" topic="{Topic}" groupId="{Guid.NewGuid()}"/></ingest>
              {(isRaw ? "" : phases)}
            </stream>
            """,
            "orders.xml",
            "staging",
            new Diagnostics()
        )!;
        return new(new("shop", "staging", "orders"), document, "benchmark")
        {
            Schema = hasSchema && !isRaw ? LogicalType.Parse(Type).Children : null,
        };
    }

    /// <summary>Commits and data files of its tables.</summary>
    public static (double Commits, double Files) Count(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(folder, "data/applications/shop/staging"), "*", SearchOption.AllDirectories);
        var isLog = files.ToLookup(file => Path.GetFileName(Path.GetDirectoryName(file)) == "_delta_log", Path.GetExtension);
        return (isLog[true].Count(ending => ending == ".json"), isLog[false].Count(ending => ending == ".parquet"));
    }
}
