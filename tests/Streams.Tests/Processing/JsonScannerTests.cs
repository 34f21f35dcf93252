using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Tests.Processing;

public class JsonScannerTests
{
    /// <summary>What is put in the place of something else, so that texts become wrong in ways that parsers differ in.</summary>
    private static readonly string[] Pieces =
    [
        .. "{}[],:\"\\ \t\n\r\u0001\0/0123456789-+.eEtfnaINuUx\u007f\u00e9".Select(c => c.ToString()),
        "\\u0041",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
        "\\u12",
        "\\x",
        "nan",
        "NaN",
        "-Infinity",
        "inf",
        "null",
        "nul",
        "true",
        "1e5",
        "01",
        "-",
        "1.",
        "1e400",
        "123456789012345678901234567890",
        "\ufeff",
        "//",
        "/**/",
        "\u20ac",
    ];

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, "STRUCT(a BIGINT, b STRUCT(c VARCHAR, \"d e\" DOUBLE), d DOUBLE[], e TIMESTAMPTZ)")]
    [InlineData(4, "STRUCT(b STRUCT(a BOOLEAN)[], d VARCHAR, c DECIMAL(10,2), a INTEGER)")]
    public void It_takes_just_what_the_engine_takes(int seed, string? type)
    {
        var random = new Random(seed);
        var batch = new EventBatch();
        for (var offset = 0; offset < 50_000; offset++)
            batch.Add(
                new("made", 0),
                new StreamEvent
                {
                    Offset = offset,
                    EnqueuedAt = 0,
                    Value = Encoding.UTF8.GetBytes(Wronged(random, Value(random, depth: 0))),
                    HasValue = true,
                }
            );
        var shape = type is null ? null : new JsonShape(LogicalType.Parse(type));
        foreach (var page in batch.Pages)
            page.Judge(shape);
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.RegisterTable(new TableFunction("made", EventScan.Columns, columns => new EventScan(batch.Pages, columns)));
        using var result = connection.Query(
            $"""
            SELECT value, fit < {JsonFitFunction.Malformed} AS here, CASE WHEN json_valid(value) THEN json_type(value) = 'OBJECT' ELSE false END AS there
            FROM made()
            """
        );
        var rows = result.Rows().ToList();

        Assert.Empty(rows.Where(row => !row[1]!.Equals(row[2])).Select(row => row[0]));
        // Both kinds are among them.
        Assert.InRange(rows.Count(row => row[1] is true), 5_000, 45_000);
    }

    [Fact]
    public void What_is_nested_without_end_is_no_event()
    {
        Assert.Equal(JsonFitFunction.Fits, JsonFitFunction.Of(Nested(JsonScanner.MostDepth), null));
        Assert.Equal(JsonFitFunction.Malformed, JsonFitFunction.Of(Nested(JsonScanner.MostDepth + 1), null));
        Assert.Equal(JsonFitFunction.Malformed, JsonFitFunction.Of(Nested(1_000_000), null));

        static byte[] Nested(int depth) =>
            Encoding.UTF8.GetBytes($$"""{"a":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""");
    }

    private static string Wronged(Random random, string json)
    {
        for (var wrongs = random.Next(3); wrongs > 0; wrongs--)
        {
            var at = random.Next(json.Length + 1);
            var gone = random.Next(Math.Min(3, json.Length - at + 1));
            json = json[..at] + (random.Next(4) == 0 ? "" : Pieces[random.Next(Pieces.Length)]) + json[(at + gone)..];
        }
        return json;
    }

    private static string Value(Random random, int depth) =>
        (depth == 0 ? 6 : random.Next(depth < 4 ? 9 : 6)) switch
        {
            0 => random.Next(-1000, 1000).ToString(),
            1 => $"{random.NextDouble() * 1000:R}",
            2 => "\"2026-01-31T18:30:00Z\"",
            3 => $"\"{string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5) == 0 ? "\\n" : "x\u00e9"))}\"",
            4 => "null",
            5 => "true",
            6 or 7 =>
                $"{{{string.Join(random.Next(5) == 0 ? " , " : ",", Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{"abcdef"[random.Next(6)]}\":{Value(random, depth + 1)}"))}}}",
            _ => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1)))}]",
        };
}
