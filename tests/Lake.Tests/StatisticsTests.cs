using System.Text.Json;

namespace ServerlessHub.Lake.Tests;

public sealed class StatisticsTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Long_texts_are_cut_and_the_maximum_still_bounds_them()
    {
        var max = Bound("SELECT repeat('ä', 40) AS x UNION ALL SELECT repeat('b', 40)", "maxValues");
        var min = Bound("SELECT repeat('ä', 40) AS x UNION ALL SELECT repeat('b', 40)", "minValues");

        Assert.Equal(new string('ä', 32) + "\U0010FFFF", max.GetString());
        Assert.Equal(new string('b', 32), min.GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_engine_plans_with_the_number_of_rows_that_a_table_has(bool deletes)
    {
        _lake.Write("SELECT range AS x FROM range(50000)");
        if (deletes)
            _lake.Delete("x < 10000");

        using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        using var plan = _lake.Connection.Query($"EXPLAIN {scan.Sql}");

        Assert.Contains(deletes ? "~40,000 rows" : "~50,000 rows", (string)plan.Rows().Single()[1]!);
    }

    [Fact]
    public void A_text_is_never_cut_inside_of_a_character()
    {
        Assert.Equal(
            string.Concat(Enumerable.Repeat("a", 31)),
            Bound("SELECT repeat('a', 31) || repeat('𝄞', 9) AS x", "minValues").GetString()
        );
    }

    [Fact]
    public void A_text_that_nothing_short_bounds_has_no_maximum()
    {
        Assert.Equal(JsonValueKind.Undefined, Bound("SELECT repeat(chr(1114111), 40) AS x", "maxValues").ValueKind);
    }

    [Theory]
    [InlineData("'NaN'::DOUBLE")]
    [InlineData("'Infinity'::DOUBLE")]
    [InlineData("'infinity'::DATE")]
    [InlineData("'infinity'::TIMESTAMPTZ")]
    [InlineData("DATE '0044-03-15 (BC)'")]
    [InlineData("NULL::BIGINT")]
    [InlineData("true")]
    [InlineData("'ab'::BLOB")]
    public void What_other_readers_could_take_otherwise_has_no_maximum(string value)
    {
        Assert.Equal(JsonValueKind.Undefined, Bound($"SELECT {value} AS x", "maxValues").ValueKind);
    }

    [Fact]
    public void A_column_with_a_NaN_has_no_bounds_at_all()
    {
        const string Sql = "SELECT unnest([1.0, 'NaN'::DOUBLE]) AS x";
        Assert.Equal(JsonValueKind.Undefined, Bound(Sql, "minValues").ValueKind);
        Assert.Equal(JsonValueKind.Undefined, Bound(Sql, "maxValues").ValueKind);
    }

    [Fact]
    public void The_negative_zero_is_no_maximum_since_some_readers_put_it_below_the_other()
    {
        Assert.Equal("0.0", Bound("SELECT unnest(['-0.0'::DOUBLE, -1]) AS x", "maxValues").GetRawText());
    }

    [Fact]
    public void Timestamps_are_cut_down_as_minimum_and_up_as_maximum()
    {
        const string Sql = "SELECT TIMESTAMPTZ '1969-12-31 23:59:59.999499+00' AS x";

        Assert.Equal("1969-12-31T23:59:59.999Z", Bound(Sql, "minValues").GetString());
        Assert.Equal("1970-01-01T00:00:00.000Z", Bound(Sql, "maxValues").GetString());
    }

    [Fact]
    public void Large_decimals_keep_all_their_digits()
    {
        Assert.Equal(
            "1234567890123456789012345678.0123456789",
            Bound("SELECT 1234567890123456789012345678.0123456789::DECIMAL(38,10) AS x", "maxValues").GetRawText()
        );
    }

    [Fact]
    public void Only_the_first_32_columns_have_statistics_as_other_writers_have_it()
    {
        _lake.Write($"SELECT {string.Join(", ", Enumerable.Range(0, 40).Select(i => $"{i} AS c{i}"))}");

        Assert.Equal(32, Statistics().GetProperty("nullCount").EnumerateObject().Count());
    }

    [Theory]
    [InlineData("50", "60", 1)]
    [InlineData("99", "100", 2)]
    [InlineData(null, "-1", 0)]
    [InlineData("1000", null, 0)]
    [InlineData(null, null, 3)]
    [InlineData("no number", null, 3)]
    public void A_scan_leaves_out_files_that_hold_no_value_in_the_range(string? min, string? max, int files)
    {
        for (var i = 0; i < 300; i += 100)
            _lake.Write($"SELECT i AS id FROM range({i}, {i + 100}) t(i)");

        Assert.Equal(files, _lake.Table().TryRead()!.Matching([new("ID", min, max)]).Count);
        Assert.Equal(3, _lake.Table().TryRead()!.Matching([new("unknown", min, max)]).Count);
    }

    [Fact]
    public void Pruning_never_loses_a_row_whatever_the_type()
    {
        string[] values =
        [
            "i::INTEGER",
            "(i * 1000003 - 5)::BIGINT",
            "(i / 7.0)::DECIMAL(10,3)",
            "DATE '1970-01-01' + (i - 50)::INTEGER",
            "TIMESTAMPTZ '1970-01-01 00:00:00+00' + to_microseconds((i - 50) * 123457)",
            "chr(250 + i::INTEGER) || repeat('x', 40)",
            "repeat('x', 31) || chr(65000 + i::INTEGER)",
            "i / 3.0",
        ];
        foreach (var (value, index) in values.Select((value, index) => (value, index)))
        {
            for (var i = 0; i < 100; i += 25)
                _lake.Write($"SELECT {value} AS x FROM range({i}, {i + 25}) t(i)", path: $"t{index}");
            var snapshot = _lake.Table($"t{index}").TryRead()!;
            for (var i = 0; i < 100; i += 7)
            {
                using var wanted = _lake.Connection.Query($"SELECT CAST({value} AS VARCHAR) FROM range({i}, {i + 1}) t(i)");
                var text = wanted.Scalar<string>()!;
                var found = _lake.Query(
                    $"SELECT x FROM ({snapshot.Scan(_lake.Connection, [new ColumnRange("x", text, text)]).Sql}) WHERE CAST(x AS VARCHAR) = {Engine.Sql.Literal(text)}"
                );
                Assert.Single(found);
            }
        }
    }

    [Fact]
    public void Rows_without_a_value_are_left_out_unless_asked_for()
    {
        _lake.Write("SELECT NULL::INTEGER AS id");
        _lake.Write("SELECT 1 AS id");
        _lake.Write("SELECT 2 AS id, 'x' AS p", _lake.Options() with { PartitionBy = ["p"] }, "u");
        _lake.Write("SELECT 2 AS id, NULL::VARCHAR AS p", path: "u");

        Assert.Single(_lake.Table().TryRead()!.Matching([new("id", "1", "1")]));
        Assert.Equal(2, _lake.Table().TryRead()!.Matching([new("id", "1", "1", Nulls: true)]).Count);
        Assert.Single(_lake.Table("u").TryRead()!.Matching([new("p", "x", "x")]));
        Assert.Equal(2, _lake.Table("u").TryRead()!.Matching([new("p", "x", "x", Nulls: true)]).Count);
    }

    [Fact]
    public void A_write_reports_the_bounds_and_nulls_of_what_it_wrote()
    {
        var metrics = _lake.Write(
            "SELECT CASE WHEN i = 5 THEN NULL ELSE i * 1.5 END AS x, i % 2 AS p FROM range(10) t(i)",
            _lake.Options() with
            {
                PartitionBy = ["p"],
            }
        );

        Assert.Equal(new("x", "0.0", "13.5", 1), metrics.Columns.Single());
    }

    private JsonElement Bound(string sql, string group)
    {
        var table = $"bound{Guid.NewGuid():N}";
        _lake.Write(sql, path: table);
        var stats = JsonDocument.Parse(_lake.Table(table).TryRead()!.Files.Single().Action.Stats!).RootElement;
        return stats.GetProperty(group).TryGetProperty("x", out var bound) ? bound : default;
    }

    private JsonElement Statistics() => JsonDocument.Parse(_lake.Table().TryRead()!.Files.Single().Action.Stats!).RootElement;
}
