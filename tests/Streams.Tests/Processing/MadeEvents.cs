using System.Globalization;
using System.Text;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Tests.Processing;

/// <summary>Events that are the same each time: a mixture of orders, some sent twice, out of order, late, malformed, misfits, and ones without a value.</summary>
internal static class MadeEvents
{
    public const int Partitions = 3;

    /// <summary>The stream that reads them.</summary>
    public const string Document = """
        <ingest table="raw" maxEvents="5000"><kafka bootstrapServers="b:1" topic="orders"/></ingest>
        <flatten root="o" key="id" eventId="id" schemaRef="order.json"/>
        <summarise>
          <driver id="carried" table="carried" groupBy="country" metrics="count:n, sum:amount:total, max:id:newest" window="PT1M" timeColumn="at" allowedLateness="PT30S"/>
          <driver id="computed" table="computed" metrics="countDistinct:country:countries, count:n" window="PT1M" timeColumn="at" allowedLateness="PT30S"/>
          <driver id="lines" table="lines" source="o_items" groupBy="sku" metrics="sum:qty:sold"/>
        </summarise>
        """;

    public const string Schema =
        "STRUCT(id VARCHAR, country VARCHAR, amount BIGINT, at TIMESTAMPTZ, items STRUCT(sku VARCHAR, qty INTEGER)[])";

    private const long Start = 1_800_000_000_000_000;
    private const long Second = 1_000_000;

    /// <summary>The event at a place; null for one without a value.</summary>
    public static string? Value(int partition, long offset)
    {
        var random = new Random(HashCode(partition, offset));
        switch (random.Next(100))
        {
            case 0:
                return null;
            case 1:
                return "{\"id\":";
            case 2:
                return """{"country":"CH"}""";
            // The producer sends an earlier one again.
            case < 9 when offset > 5:
                return Order(partition, offset - 1 - random.Next(5), resent: true);
            default:
                return Order(partition, offset, resent: false);
        }
    }

    /// <summary>When the source took it, in microseconds.</summary>
    public static long EnqueuedAt(long offset) => Start + offset * Second / 4;

    /// <summary>Puts the events of a partition from one offset up to, and without, another into a batch.</summary>
    public static void Fill(EventBatch batch, int partition, long from, long to)
    {
        for (var offset = from; offset < to; offset++)
        {
            var value = Value(partition, offset);
            batch.Add(
                new("orders", partition),
                new StreamEvent
                {
                    Offset = offset,
                    EnqueuedAt = EnqueuedAt(offset),
                    Value = value is null ? [] : Encoding.UTF8.GetBytes(value),
                    HasValue = value is not null,
                }
            );
        }
    }

    private static string Order(int partition, long offset, bool resent)
    {
        var random = new Random(HashCode(partition, offset) * 31);
        var behind = random.Next(20) == 0 ? random.Next(300) : random.Next(5);
        var at = DateTime.UnixEpoch.AddMicroseconds(EnqueuedAt(offset) - behind * Second);
        var items = string.Join(
            ",",
            Enumerable.Range(0, random.Next(3)).Select(i => $$"""{"sku":"s{{random.Next(4)}}","qty":{{i + 1}}}""")
        );
        var more = random.Next(30) == 0 ? ",\"more\":[1]" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":"{{partition}}-{{offset}}","country":"{{"ABC"[random.Next(3)]}}","amount":{{random.Next(100)}},"at":"{{at:yyyy-MM-ddTHH:mm:ss.ffffffZ}}","items":[{{items}}]{{more}}{{(resent ? " " : "")}}}"""
        );
    }

    private static int HashCode(int partition, long offset) => (int)(offset * 2654435761L + partition * 40503L) & int.MaxValue;
}
