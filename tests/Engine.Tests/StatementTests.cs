namespace ServerlessHub.Engine.Tests;

public sealed class StatementTests : EngineTest
{
    [Fact]
    public void A_statement_tells_its_columns_without_running()
    {
        using var statement = Connection.Prepare("SELECT i + 1 AS next, error('never') AS never FROM range(5) t(i)");
        Assert.Equal(StatementKind.Select, statement.Kind);
        Assert.Equal("next", statement.Columns[0].Name);
        Assert.Equal(LogicalType.BigInt, statement.Columns[0].Type);
    }

    [Fact]
    public void Parameters_are_bound_by_position_and_by_name()
    {
        using var statement = Connection.Prepare("SELECT $first || $second");
        Assert.Equal(["first", "second"], statement.ParameterNames);
        statement.Bind(1, "a");
        statement.Bind("second", "b");
        using var result = statement.Query();
        Assert.Equal("ab", result.Scalar<string>());
    }

    [Fact]
    public void A_statement_runs_many_times()
    {
        Connection.Execute("CREATE TABLE t(a BIGINT, b VARCHAR)");
        using var insert = Connection.Prepare("INSERT INTO t VALUES (?, ?)");
        for (var i = 0; i < 10; i++)
        {
            insert.Bind(1, i);
            insert.Bind(2, i % 2 == 0 ? null : $"value {i}");
            Assert.Equal(1, insert.Execute());
        }
        Assert.Equal([45L, 5L], Rows("SELECT sum(a)::BIGINT, count(b) FROM t").Single());
    }

    [Fact]
    public void Nothing_of_a_value_is_read_as_SQL()
    {
        using var statement = Connection.Prepare("SELECT ?");
        statement.Bind(1, "'; DROP TABLE t; --\0\"");
        using var result = statement.Query();
        Assert.Equal("'; DROP TABLE t; --\0\"", result.Scalar<string>());
    }

    [Fact]
    public void A_missing_value_is_an_error()
    {
        using var statement = Connection.Prepare("SELECT ?::INTEGER + $2::INTEGER".Replace("?", "$1", StringComparison.Ordinal));
        statement.Bind(1, 1);
        var error = Assert.Throws<EngineException>(() => statement.Execute());
        Assert.Contains("2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_is_not_there_is_refused()
    {
        using var statement = Connection.Prepare("SELECT $a");
        Assert.Throws<ArgumentException>(() => statement.Bind(2, 1));
        Assert.Throws<ArgumentException>(() => statement.Bind(0, 1));
        Assert.Contains("a", Assert.Throws<ArgumentException>(() => statement.Bind("b", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cleared_parameters_have_no_value()
    {
        using var statement = Connection.Prepare("SELECT $1::INTEGER");
        statement.Bind(1, 1);
        statement.ClearBindings();
        Assert.Throws<EngineException>(() => statement.Execute());
    }

    [Fact]
    public void A_value_of_a_wrong_type_is_refused()
    {
        using var statement = Connection.Prepare("SELECT $1");
        Assert.Throws<ArgumentException>(() => statement.Bind(1, "x", LogicalType.Integer));
        Assert.Throws<OverflowException>(() => statement.Bind(1, 300, LogicalType.TinyInt));
        Assert.Throws<OverflowException>(() => statement.Bind(1, 1.005m, LogicalType.Decimal(10, 2)));
        Assert.Throws<ArgumentException>(() => statement.Bind(1, "c", LogicalType.Enum("a", "b")));
        Assert.Throws<ArgumentException>(() => statement.Bind(1, new Uri("http://localhost")));
    }

    [Fact]
    public void A_result_outlives_its_statement()
    {
        var statement = Connection.Prepare("SELECT i FROM range(5000) t(i)");
        using var result = statement.Query();
        statement.Dispose();
        Assert.Equal(5000, result.Rows().Count());
    }

    [Theory]
    [InlineData("CREATE TABLE x(a INTEGER)", StatementKind.Create)]
    [InlineData("SET threads = 1", StatementKind.Set)]
    [InlineData("SET VARIABLE a = 1", StatementKind.Set)]
    [InlineData("COPY (SELECT 1) TO 'x.csv'", StatementKind.Copy)]
    [InlineData("BEGIN", StatementKind.Transaction)]
    public void A_statement_tells_what_it_does(string sql, StatementKind kind)
    {
        using var statement = Connection.Prepare(sql);
        Assert.Equal(kind, statement.Kind);
    }
}
