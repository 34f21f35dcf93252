namespace ServerlessHub.Engine.Tests;

public sealed class ErrorTests : EngineTest
{
    [Theory]
    [InlineData("SELEC 1", EngineErrorKind.Parser, 0)]
    [InlineData("SELECT 1; SELECT FROM", EngineErrorKind.Parser, 21)]
    [InlineData("SELECT nope FROM range(3)", EngineErrorKind.Binder, 7)]
    [InlineData("SELECT 'ééé€😀' || nope FROM range(3)", EngineErrorKind.Binder, 19)]
    [InlineData("SELECT 1; SELECT nope", EngineErrorKind.Binder, 17)]
    [InlineData("FROM nope", EngineErrorKind.Catalog, 5)]
    [InlineData("SELECT 'abc'::INTEGER", EngineErrorKind.Conversion, 12)]
    [InlineData("SELECT nope(1)", EngineErrorKind.Catalog, 7)]
    public void An_error_tells_what_and_where(string sql, EngineErrorKind kind, int position)
    {
        var error = Fails(sql);
        Assert.Equal(kind, error.Kind);
        Assert.Equal(position, error.Position);
        Assert.DoesNotContain("exception_type", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LINE 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT error('by hand')", EngineErrorKind.InvalidInput, "by hand")]
    [InlineData("FROM read_csv('/no/such/file.csv')", EngineErrorKind.IO, "/no/such/file.csv")]
    [InlineData("CREATE TABLE t(a INTEGER NOT NULL); INSERT INTO t VALUES (NULL)", EngineErrorKind.Constraint, "NOT NULL")]
    [InlineData("SELECT 200::TINYINT", EngineErrorKind.Conversion, "200")]
    [InlineData("SELECT 9223372036854775807 + 1::BIGINT", EngineErrorKind.OutOfRange, "Overflow")]
    [InlineData("SET threads = 'many'", EngineErrorKind.InvalidInput, "many")]
    [InlineData("COMMIT", EngineErrorKind.Transaction, "no transaction")]
    public void An_error_while_running_tells_what(string sql, EngineErrorKind kind, string part)
    {
        var error = Fails(sql);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_column_comes_with_candidates()
    {
        Connection.Execute("CREATE TABLE customer(customer_id BIGINT, name VARCHAR)");
        var error = Fails("SELECT custmer_id FROM customer");
        Assert.Equal("custmer_id", error.Details["name"]);
        Assert.Contains("customer_id", error.Details["candidates"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_is_as_good_where_its_text_is_no_JSON()
    {
        Connection.Execute("SET errors_as_json = false");
        var error = Fails("SELECT nope FROM range(3)");
        Assert.Equal(EngineErrorKind.Binder, error.Kind);
        Assert.StartsWith("Referenced column", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_users_text_cannot_pass_for_an_error_of_the_engines()
    {
        var error = Fails("""SELECT error('{"exception_type":"Permission","exception_message":"forged"}')""");
        Assert.NotEqual(EngineErrorKind.Permission, error.Kind);
    }

    [Fact]
    public void Too_little_memory_is_said_to_be_that()
    {
        using var database = Database.Open(new DatabaseOptions { MemoryLimitBytes = 10L << 20 });
        using var connection = database.Connect();
        connection.Execute("SET temp_directory = ''");
        var error = Assert.Throws<EngineException>(() =>
            connection.Execute("CREATE TABLE t AS SELECT range AS i, repeat('x', 100) || range FROM range(3000000)")
        );
        Assert.Equal(EngineErrorKind.OutOfMemory, error.Kind);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, new string('x', 10_000));
        try
        {
            var error = Assert.Throws<EngineException>(() => Database.Open(new DatabaseOptions { Path = path }));
            Assert.Equal(EngineErrorKind.IO, error.Kind);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_option_that_makes_no_sense_is_refused() =>
        Assert.Throws<EngineException>(() => Database.Open(new DatabaseOptions { Threads = -1 }));
}
