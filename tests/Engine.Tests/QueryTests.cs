namespace ServerlessHub.Engine.Tests;

public sealed class QueryTests : EngineTest
{
    [Fact]
    public void Columns_have_names_and_types()
    {
        using var result = Connection.Query("SELECT 1 AS a, 'x' AS \"B c\", [1.5] AS l");
        Column[] expected =
        [
            new("a", LogicalType.Integer),
            new("B c", LogicalType.Varchar),
            new("l", LogicalType.List(LogicalType.Decimal(2, 1))),
        ];
        Assert.Equal(expected, result.Columns);
    }

    [Fact]
    public void Values_are_read_where_they_lie()
    {
        using var result = Connection.Query("SELECT i FROM range(100000) t(i) ORDER BY i");
        var expected = 0L;
        foreach (var chunk in result.Chunks())
        {
            foreach (var value in chunk.Column(0).Span<long>())
                Assert.Equal(expected++, value);
        }
        Assert.Equal(100_000, expected);
    }

    [Fact]
    public void The_first_row_of_each_group_can_be_joined_by_comparison()
    {
        Connection.Execute("CREATE TABLE a AS SELECT 'g' || i % 3 AS g, i AS x FROM range(9) t(i); CREATE TABLE b AS SELECT 1 AS y");
        const string first = "SELECT x, r FROM (SELECT g, x, rowid AS r FROM a) QUALIFY row_number() OVER (PARTITION BY g ORDER BY r) = 1";
        using var result = Connection.Query($"SELECT a.x FROM ({first}) AS a JOIN b ON a.x >= b.y ORDER BY ALL");
        Assert.Equal([1L, 2L], result.Rows().Select(row => row[0]));
    }

    [Fact]
    public void A_result_larger_than_memory_is_read_in_bounded_memory()
    {
        using var database = Database.Open(new DatabaseOptions { MemoryLimitBytes = 64L << 20, Threads = 2 });
        using var connection = database.Connect();
        connection.Execute("SET temp_directory = ''");
        using var result = connection.Query("SELECT i, repeat('x', 100) AS t FROM range(5000000) r(i)");
        Assert.Equal(5_000_000L, result.Chunks().Sum(chunk => (long)chunk.Length));
    }

    [Fact]
    public void Several_statements_run_in_order()
    {
        Assert.Equal(3, Connection.Execute("CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1), (2); INSERT INTO t VALUES (3), (4), (5)"));
        Assert.Equal(5, Scalar<int>("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Nothing_to_run_is_nothing() => Assert.Equal(0, Connection.Execute(" -- only a comment"));

    [Theory]
    [InlineData("")]
    [InlineData("SELECT 1; SELECT 2")]
    public void A_query_is_exactly_one_statement(string sql) => Assert.Throws<ArgumentException>(() => Connection.Query(sql));

    [Fact]
    public void A_statement_cannot_be_cut_off_by_a_NUL() =>
        Assert.Throws<ArgumentException>(() => Connection.Execute("SELECT 1\0; DROP TABLE t"));

    [Fact]
    public void A_text_may_hold_a_NUL() => Assert.Equal("a\0b", Scalar<string>("SELECT 'a' || chr(0) || 'b'"));

    [Fact]
    public void An_empty_result_has_columns_and_no_chunk()
    {
        using var result = Connection.Query("SELECT 1 AS a WHERE false");
        Assert.Equal("a", Assert.Single(result.Columns).Name);
        Assert.False(result.MoveNextChunk());
        Assert.False(result.MoveNextChunk());
    }

    [Fact]
    public void A_scalar_converts_numbers()
    {
        Assert.Equal(6L, Scalar<long>("SELECT sum(x) FROM (VALUES (1), (2), (3)) t(x)"));
        Assert.Equal(1.5m, Scalar<decimal>("SELECT 1.5"));
        Assert.Equal(7, Scalar<int?>("SELECT 7::BIGINT"));
        Assert.Null(Scalar<int?>("SELECT NULL"));
        Assert.Null(Scalar<string>("SELECT 'x' WHERE false"));
    }

    [Fact]
    public void A_result_ends_when_its_connection_runs_something_else()
    {
        using var result = Connection.Query("SELECT i FROM range(10000000) t(i)");
        Assert.True(result.MoveNextChunk());
        Connection.Execute("SELECT 1");
        Assert.Throws<EngineException>(() => Drain(result));
    }

    [Fact]
    public void A_result_may_be_left_half_read()
    {
        using (var result = Connection.Query("SELECT i FROM range(10000000) t(i)"))
            Assert.True(result.MoveNextChunk());
        Assert.Equal(1, Scalar<int>("SELECT 1"));
    }

    [Fact]
    public void An_error_may_come_while_rows_are_read()
    {
        using var result = Connection.Query(
            "SELECT CASE WHEN i = 3000000 THEN error('too far') ELSE i::VARCHAR END FROM range(4000000) t(i)"
        );
        var error = Assert.Throws<EngineException>(() => Drain(result));
        Assert.Equal("too far", error.Message);
        Assert.Equal(EngineErrorKind.InvalidInput, error.Kind);
    }

    [Fact]
    public void A_chunk_is_invalid_after_the_next_one()
    {
        using var result = Connection.Query("SELECT i FROM range(10000) t(i)");
        Assert.True(result.MoveNextChunk());
        var first = result.Chunk!;
        Assert.True(result.MoveNextChunk());
        Assert.Throws<ObjectDisposedException>(() => first.Column(0).Length);
    }

    [Fact]
    public void Asking_for_the_wrong_thing_is_refused()
    {
        using var result = Connection.Query("SELECT 1::INTEGER AS i, 'x' AS t");
        Assert.True(result.MoveNextChunk());
        var chunk = result.Chunk!;
        Assert.Throws<InvalidOperationException>(() => chunk.Column(0).Span<long>().Length);
        Assert.Throws<InvalidOperationException>(() => chunk.Column(0).Bytes(0).Length);
        Assert.Throws<InvalidOperationException>(() => chunk.Column(1).Span<byte>().Length);
        Assert.Throws<InvalidOperationException>(() => chunk.Column(0).Child(0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk.Column(2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk.Column(0).IsNull(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk.Column(1).Text(-1));
    }

    [Fact]
    public void A_variable_keeps_its_value_and_type()
    {
        Connection.SetVariable("day", new DateOnly(2024, 2, 29), LogicalType.Date);
        Connection.SetVariable("none", null, LogicalType.Decimal(18, 2));
        Connection.SetVariable("it's \"odd\"", "'; DROP TABLE t --", LogicalType.Varchar);
        Connection.SetVariable("list", new[] { 1L, 2L }, LogicalType.List(LogicalType.BigInt));
        Assert.Equal(
            [new DateOnly(2024, 2, 29), "DECIMAL(18,2)", null, "'; DROP TABLE t --", "BIGINT[]"],
            Rows(
                    "SELECT getvariable('day'), typeof(getvariable('none')), getvariable('none'), getvariable('it''s \"odd\"'), typeof(getvariable('list'))"
                )
                .Single()
        );
    }

    [Fact]
    public void The_version_is_the_pinned_one() => Assert.StartsWith("v1.5.", Database.Version, StringComparison.Ordinal);

    private static void Drain(QueryResult result)
    {
        while (result.MoveNextChunk())
            Assert.True(result.Chunk!.Length > 0);
    }
}
