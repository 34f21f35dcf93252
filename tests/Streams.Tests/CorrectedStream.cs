using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Streams.Tests;

/// <summary>A stream whose document was strict when its first events came, and keeps what does not fit since it was corrected.</summary>
internal sealed class CorrectedStream : IDisposable
{
    /// <summary>How many events the tests give it at first.</summary>
    public const int Events = 60;

    private const string Schema =
        "STRUCT(id VARCHAR, country VARCHAR, amount BIGINT, at TIMESTAMPTZ, items STRUCT(sku VARCHAR, qty INTEGER)[])";

    private static readonly string[] Tables = ["raw", "o", "o_items", "carried", "computed", "lines"];

    public CorrectedStream() => Corrected = new(Body("rescue"), Strict.Folder, Schema);

    /// <summary>The stream as it was.</summary>
    public TestStream Strict { get; } = new(Body("deadLetter"), Schema);

    /// <summary>The stream as it is, over the same tables.</summary>
    public TestStream Corrected { get; }

    /// <summary>Takes events as the stream was.</summary>
    public void Take(int from, int to) => Take(Strict, from, to);

    /// <summary>Takes events as the stream is.</summary>
    public void TakeCorrected(int from, int to) => Take(Corrected, from, to);

    /// <summary>That all tables are as if the document had been corrected before the first event came.</summary>
    public void AssertAsIfFromTheBeginning(int events)
    {
        using var fresh = new TestStream(Body("rescue"), Schema);
        Take(fresh, 0, events);
        foreach (var table in Tables)
            Assert.Equal(fresh.Rows(table, "t"), Strict.Rows(table, "t"));
        Assert.Equal(Letters(fresh), Letters(Strict));
        AssertProven();
    }

    /// <summary>That nothing is lost or doubled.</summary>
    public void AssertProven() =>
        Assert.All(
            StreamVerification.Run(Corrected.Root, Corrected.Definition, new() { MemoryLimitBytes = 512 << 20, Threads = 2 }),
            check => Assert.True(check.IsProven, $"{check}")
        );

    /// <summary>How many rows a table has.</summary>
    public long Count(string table) => Strict.Table(table)!.Rows!.Value;

    /// <summary>The version of each table.</summary>
    public Dictionary<string, long> Versions() => Tables.Append("raw_dead_letters").ToDictionary(t => t, t => Strict.Table(t)!.Version);

    /// <summary>Where a table is.</summary>
    public string Folder(string table) => Path.Combine(Strict.Folder, "data/applications/shop/staging", table);

    /// <summary>Copies a table.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose()
    {
        Corrected.Dispose();
        Strict.Dispose();
    }

    private static string Body(string onMisfit) =>
        $"""
            <ingest table="raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest>
            <flatten root="o" key="id" schemaRef="order.json" onMisfit="{onMisfit}"/>
            <summarise>
              <driver id="carried" table="carried" groupBy="country" metrics="count:n, sum:amount:total, avg:amount:mean, last:id:newest" window="PT10S" timeColumn="at" allowedLateness="PT2S"/>
              <driver id="computed" table="computed" metrics="countDistinct:country:countries, count:n" window="PT10S" timeColumn="at" allowedLateness="PT2S"/>
              <driver id="lines" table="lines" source="o_items" groupBy="sku" metrics="sum:qty:sold"/>
            </summarise>
            """;

    /// <summary>An order a second; some are malformed, have no id, or have amounts that are none.</summary>
    private static string Value(long offset) =>
        offset switch
        {
            8 or 46 => "{\"id\":",
            5 or 21 => """{"country":"CH"}""",
            _ =>
                $$"""
                {"id":"{{offset}}","country":"{{(offset % 3 == 0 ? "CH" : "DE")}}","amount":{{(
                    offset % 7 == 3 ? "\"ten\"" : offset
                )}},"at":"{{DateTimeOffset.FromUnixTimeSeconds(
                    1_800_000_000 + offset
                ):O}}","items":[{"sku":"{{offset % 4}}","qty":1},{"sku":"x","qty":2}]}
                """,
        };

    private static void Take(TestStream stream, int from, int to)
    {
        using var processor = stream.Open();
        processor.ProcessBatch(TestStream.Batch(0, from, [.. Enumerable.Range(from, to - from).Select(o => Value(o))]));
    }

    private static string[] Letters(TestStream stream) => stream.Rows("raw_dead_letters", "\"offset\" || phase");
}
