using System.Data;

namespace ServerlessHub.Engine.Tests;

public sealed class ReaderTests : EngineTest
{
    [Fact]
    public void A_readers_rows_are_a_table()
    {
        using var reader = Table(
                ("id", typeof(long)),
                ("name", typeof(string)),
                [
                    [1L, "Ada"],
                    [2L, DBNull.Value],
                    [3L, "a name of more than twelve bytes"],
                ]
            )
            .CreateDataReader();
        var name = Connection.RegisterReader(reader);
        Assert.Equal(
            [
                [1L, "Ada"],
                [2L, null],
                [3L, "a name of more than twelve bytes"],
            ],
            Rows($"SELECT * FROM {name}() ORDER BY id")
        );
    }

    [Fact]
    public void Every_type_a_reader_has_passes()
    {
        var id = Guid.NewGuid();
        object[] values =
        [
            true,
            (sbyte)-1,
            (byte)255,
            (short)-300,
            (ushort)60000,
            -70000,
            4000000000u,
            -5000000000L,
            18000000000000000000ul,
            1.5f,
            -2.25,
            12345.6789m,
            "text with é and 😀",
            new byte[] { 0, 1, 255 },
            id,
            new DateOnly(1969, 12, 31),
            new TimeOnly(23, 59, 59, 999, 999),
            new DateTime(1601, 2, 3, 4, 5, 6, 7),
            new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.FromHours(2)),
            new TimeSpan(3, 4, 5, 6, 7),
        ];
        using var table = new DataTable();
        for (var i = 0; i < values.Length; i++)
            table.Columns.Add($"c{i}", values[i].GetType());
        table.Rows.Add(values);
        table.Rows.Add(Enumerable.Repeat<object>(DBNull.Value, values.Length).ToArray());
        using var reader = table.CreateDataReader();
        var rows = Rows($"FROM {Connection.RegisterReader(reader)}()");

        object?[] expected = [.. values];
        expected[^2] = new DateTime(2024, 6, 1, 10, 0, 0, DateTimeKind.Utc);
        expected[^1] = new Interval(0, 3, (((4 * 3600L) + (5 * 60) + 6) * 1_000_000) + 7000);
        Assert.Equal(expected, rows[0]);
        Assert.All(rows[1], Assert.Null);
    }

    [Fact]
    public void A_columns_type_may_be_given()
    {
        using var reader = Table(
                ("amount", typeof(decimal)),
                ("at", typeof(DateTime)),
                [
                    [1.5m, new DateTime(2024, 1, 1)],
                    [-99999.99m, new DateTime(2024, 1, 2)],
                ]
            )
            .CreateDataReader();
        var name = Connection.RegisterReader(
            reader,
            new Dictionary<string, LogicalType> { ["amount"] = LogicalType.Decimal(7, 2), ["at"] = LogicalType.Date },
            rows: 2
        );
        using var result = Connection.Query($"FROM {name}()");
        Assert.Equal((Column[])[new("amount", LogicalType.Decimal(7, 2)), new("at", LogicalType.Date)], result.Columns);
        Assert.Equal(
            [
                [1.5m, new DateOnly(2024, 1, 1)],
                [-99999.99m, new DateOnly(2024, 1, 2)],
            ],
            result.Rows()
        );
    }

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(18)]
    [InlineData(38)]
    public void A_decimal_of_any_width_passes(int width)
    {
        decimal[] values = [12.34m, -12.34m, 0m, 99.99m, 1m, 1.200m];
        using var reader = Table(("d", typeof(decimal)), null, [.. values.Select(v => new object[] { v })]).CreateDataReader();
        var types = new Dictionary<string, LogicalType> { ["d"] = LogicalType.Decimal(width, 2) };
        Assert.Equal(values, Rows($"FROM {Connection.RegisterReader(reader, types)}()").Select(r => (decimal)r[0]!));
    }

    [Fact]
    public void A_decimal_that_would_lose_digits_is_an_error()
    {
        using var reader = Table(
                ("price", typeof(decimal)),
                null,
                [
                    [1.005m],
                ]
            )
            .CreateDataReader();
        var types = new Dictionary<string, LogicalType> { ["price"] = LogicalType.Decimal(10, 2) };
        var error = Fails($"FROM {Connection.RegisterReader(reader, types)}()");
        Assert.IsType<OverflowException>(error.InnerException);
        Assert.Contains("price", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_columns_asked_for_are_read()
    {
        using var reader = new GeneratedReader(5000) { FailsOn = "text" };
        var name = Connection.RegisterReader(reader);
        Assert.Equal(4999L * 5000 / 2, Scalar<long>($"SELECT sum(id) FROM {name}()"));
        Assert.Equal(5000, reader.Reads - 1);
    }

    [Fact]
    public void Rows_are_counted_without_reading_a_column()
    {
        using var reader = new GeneratedReader(5000);
        Assert.Equal(5000, Scalar<int>($"SELECT count(*) FROM {Connection.RegisterReader(reader)}()"));
    }

    [Fact]
    public void Columns_are_read_from_left_to_right_whatever_the_query_asks()
    {
        using var reader = new GeneratedReader(3000);
        var name = Connection.RegisterReader(reader);
        Assert.Equal([2999.0 / 4, "text 999", 2999L], Rows($"SELECT max(number), max(text), max(id) FROM {name}()").Single());
        Assert.True(reader.WasSequential);
    }

    [Fact]
    public void Rows_are_pulled_only_as_far_as_needed()
    {
        using var reader = new GeneratedReader(int.MaxValue);
        Assert.Equal(10, Rows($"SELECT id FROM {Connection.RegisterReader(reader)}() LIMIT 10").Count);
        Assert.InRange(reader.Reads, 10, 1_000_000);
    }

    [Fact]
    public void A_reader_is_read_once()
    {
        using var reader = new GeneratedReader(10);
        var name = Connection.RegisterReader(reader);
        Assert.Equal(10, Scalar<int>($"SELECT count(*) FROM {name}()"));
        var error = Fails($"SELECT count(*) FROM {name}()");
        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    [Fact]
    public void Preparing_reads_nothing()
    {
        using var reader = new GeneratedReader(10);
        using var statement = Connection.Prepare($"SELECT id, text FROM {Connection.RegisterReader(reader)}()");
        Assert.Equal((Column[])[new("id", LogicalType.BigInt), new("text", LogicalType.Varchar)], statement.Columns);
        Assert.Equal(0, reader.Reads);
        using var result = statement.Query();
        Assert.Equal(10, result.Rows().Count());
    }

    [Fact]
    public void A_readers_exception_is_the_querys_error_and_is_carried_along()
    {
        using var reader = new GeneratedReader(10_000) { FailsAt = 5000 };
        var error = Fails($"CREATE TABLE t AS FROM {Connection.RegisterReader(reader)}()");
        Assert.Equal("the connection was reset", error.Message);
        Assert.Same(reader.Failure, error.InnerException);
        Assert.Equal(0, Scalar<int>("SELECT count(*) FROM duckdb_tables()"));
    }

    [Fact]
    public void A_column_without_a_type_is_refused_by_name()
    {
        using var reader = Table(("where", typeof(Uri)), null, []).CreateDataReader();
        Assert.Contains(
            "where",
            Assert.Throws<NotSupportedException>(() => Connection.RegisterReader(reader)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_type_the_values_cannot_become_is_refused()
    {
        using var reader = new GeneratedReader(1);
        var types = new Dictionary<string, LogicalType> { ["text"] = LogicalType.Integer };
        Assert.Throws<NotSupportedException>(() => Connection.RegisterReader(reader, types));
    }

    [Fact]
    public void Two_readers_are_joined()
    {
        using var left = new GeneratedReader(4000);
        using var right = new GeneratedReader(3000);
        var sql = $"SELECT count(*) FROM {Connection.RegisterReader(left)}() a JOIN {Connection.RegisterReader(right)}() b USING (id)";
        Assert.Equal(3000, Scalar<int>(sql));
    }

    private static DataTable Table((string Name, Type Type) first, (string Name, Type Type)? second, object[][] rows)
    {
        var table = new DataTable();
        table.Columns.Add(first.Name, first.Type);
        if (second is { } column)
            table.Columns.Add(column.Name, column.Type);
        foreach (var row in rows)
            table.Rows.Add(row);
        return table;
    }
}
