using System.Text;

namespace ServerlessHub.Samples;

/// <summary>What the application <c>orders</c> reads: the shop's customers, the order events, the web shop's orders, the tills' files.</summary>
internal static class OrdersData
{
    // A line that is cut off is no JSON.
    private const string LinesOfText = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\\x01'";

    public static void Write(Generator generator, long events)
    {
        var customers = Math.Max(1, events / 4);
        generator.Set("customers", customers);
        generator.WriteFiles("customers/customers-{0}.parquet", customers, "shop_customer_rows", "FORMAT parquet");
        generator.WriteFiles("events/events-{0}.jsonl", events, "event_lines", LinesOfText);
        generator.WriteFiles("web/web-{0}.jsonl", events, "web_order_lines", LinesOfText);
        foreach (var file in generator.WriteFiles("stores/sales-{0}.csv", Math.Max(1, events / 4), "store_rows", "HEADER, DELIMITER ';'"))
            ToWindowsCharacters(file);
    }

    // The tills write one byte a character. All of theirs are in Latin-1, of which Windows-1252 is a superset; the engine writes UTF-8.
    private static void ToWindowsCharacters(string file)
    {
        var aside = file + ".utf8";
        File.Move(file, aside);
        using (var from = new StreamReader(aside, Encoding.UTF8))
        using (var to = new StreamWriter(file, append: false, Encoding.Latin1))
        {
            var buffer = new char[1 << 16];
            for (int read; (read = from.Read(buffer)) > 0; )
                to.Write(buffer, 0, read);
        }
        File.Delete(aside);
    }
}
