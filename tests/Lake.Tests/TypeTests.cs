using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

public sealed class TypeTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    public static TheoryData<string, string> Values =>
        new()
        {
            { "BOOLEAN", "true" },
            { "TINYINT", "-128" },
            { "SMALLINT", "-32768" },
            { "INTEGER", "-2147483648" },
            { "BIGINT", "-9223372036854775808" },
            { "FLOAT", "1.5" },
            { "DOUBLE", "0.1" },
            { "DOUBLE", "NaN" },
            { "DOUBLE", "-Infinity" },
            { "DECIMAL(4,2)", "-99.99" },
            { "DECIMAL(18,6)", "123456789012.123456" },
            { "DECIMAL(38,10)", "-1234567890123456789012345678.0123456789" },
            { "VARCHAR", "" },
            { "VARCHAR", "𝄞 'quoted' \"twice\" \\ line\nend" },
            { "BLOB", "\\x00\\xFFabc" },
            { "DATE", "0001-01-01" },
            { "DATE", "9999-12-31" },
            { "TIMESTAMP WITH TIME ZONE", "2024-02-29 23:59:59.999999+00" },
            { "TIMESTAMP WITH TIME ZONE", "1969-12-31 23:59:59.999999+00" },
            { "INTEGER[]", "[1, NULL, 3]" },
            { "VARCHAR[][]", "[[a, b], [], NULL]" },
            { "STRUCT(a INTEGER, \"B\" STRUCT(c VARCHAR))", "{'a': 1, 'B': {'c': x}}" },
            { "MAP(VARCHAR, DECIMAL(5,1))", "{k=1.5, l=NULL}" },
        };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_comes_back_as_it_was_in_its_own_type_and_null_stays_null(string type, string value)
    {
        var text = value.Replace("'", "''", StringComparison.Ordinal);
        var literal = type == "BLOB" ? $"'{text}'::BLOB" : $"CAST('{text}' AS {type})";
        _lake.Write($"SELECT 1 AS id, {literal} AS x UNION ALL SELECT 2, NULL");

        var column = _lake.Table().TryRead()!.Columns[1];
        Assert.Equal(LogicalType.Parse(type), column.Type);
        var scan = _lake.Table().TryRead()!.Scan(_lake.Connection).Sql;
        Assert.Equal(
            ["true", "true"],
            _lake
                .Query(
                    $"SELECT x IS NOT DISTINCT FROM {literal} AS same FROM ({scan}) WHERE id = 1 UNION ALL SELECT x IS NULL FROM ({scan}) WHERE id = 2"
                )
                .Select(row => row[9..^1])
        );
    }

    [Theory]
    [InlineData("TIMESTAMP '2024-01-01 10:00:00.123456'", "TIMESTAMP WITH TIME ZONE", "2024-01-01 10:00:00.123456+00")]
    [InlineData("TIMESTAMP_S '2024-01-01 10:00:00'", "TIMESTAMP WITH TIME ZONE", "2024-01-01 10:00:00+00")]
    [InlineData("TIMESTAMP_MS '2024-01-01 10:00:00.5'", "TIMESTAMP WITH TIME ZONE", "2024-01-01 10:00:00.5+00")]
    [InlineData("200::UTINYINT", "SMALLINT", "200")]
    [InlineData("60000::USMALLINT", "INTEGER", "60000")]
    [InlineData("4000000000::UINTEGER", "BIGINT", "4000000000")]
    [InlineData("18446744073709551615::UBIGINT", "DECIMAL(20,0)", "18446744073709551615")]
    [InlineData("sum(9223372036854775807) OVER ()", "DECIMAL(38,0)", "9223372036854775807")]
    [InlineData("'01234567-89ab-cdef-0123-456789abcdef'::UUID", "VARCHAR", "01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("'b'::ENUM('a', 'b')", "VARCHAR", "b")]
    [InlineData("'{\"a\": 1}'::JSON", "VARCHAR", "{\"a\": 1}")]
    [InlineData("[1, 2]::INTEGER[2]", "INTEGER[]", "[1, 2]")]
    public void A_type_that_a_table_does_not_have_is_kept_in_one_that_holds_all_its_values(string value, string type, string stored)
    {
        _lake.Write($"SELECT {value} AS x");

        Assert.Equal(LogicalType.Parse(type), _lake.Table().TryRead()!.Columns.Single().Type);
        using var result = _lake.Connection.Query(
            $"SELECT CAST(x AS VARCHAR) FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql})"
        );
        Assert.Equal(stored, result.Scalar<string>());
    }

    [Fact]
    public void Timestamps_are_utc_whatever_zone_the_session_was_in()
    {
        _lake.Connection.Execute("SET TimeZone = 'America/New_York'");
        _lake.Write("SELECT TIMESTAMP '2024-07-01 12:00:00' AS x, TIMESTAMPTZ '2024-07-01 12:00:00+00' AS y");

        Assert.Equal(["{'x': '2024-07-01 12:00:00+00', 'y': '2024-07-01 12:00:00+00'}"], _lake.Rows());
    }

    [Fact]
    public void A_table_of_timestamps_without_time_zone_is_read_and_written_as_such()
    {
        _lake.Write("SELECT 1 AS id, TIMESTAMP '2024-01-01 10:00:00' AS x WHERE false");
        var commit = _lake.Commit(0);
        File.WriteAllText(
            commit,
            File.ReadAllText(commit)
                .Replace("""\"timestamp\""", """\"timestamp_ntz\""", StringComparison.Ordinal)
                .Replace(
                    """{"minReaderVersion":1,"minWriterVersion":2}""",
                    """{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["timestampNtz"],"writerFeatures":["timestampNtz"]}""",
                    StringComparison.Ordinal
                )
        );
        _lake.Write("SELECT 1 AS id, TIMESTAMP '2024-01-01 10:00:00.000001' AS x");

        Assert.Equal(LogicalType.Timestamp, _lake.Table().TryRead()!.Columns[1].Type);
        Assert.Equal(["{'id': 1, 'x': '2024-01-01 10:00:00.000001'}"], _lake.Rows());
    }
}
