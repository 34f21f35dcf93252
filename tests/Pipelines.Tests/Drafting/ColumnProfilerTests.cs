using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Drafting;

namespace ServerlessHub.Pipelines.Tests.Drafting;

public sealed class ColumnProfilerTests : IDisposable
{
    private readonly Database database = Database.Open();
    private readonly Connection connection;

    public ColumnProfilerTests()
    {
        connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
    }

    [Theory]
    [InlineData("BIGINT", "1", "-20", "9007199254740993")]
    [InlineData("DECIMAL(18,2)", "1", "2.5", "-3.25")]
    [InlineData("DOUBLE", "1e10", "2.5", "3")]
    [InlineData("DOUBLE", "47.37688661", "8.54169")]
    [InlineData("BOOLEAN", "true", "FALSE")]
    [InlineData("DATE", "2024-02-29", "1999-12-31")]
    [InlineData("TIMESTAMP WITH TIME ZONE", "2024-02-29 10:00:00", "2024-02-29T10:00:00Z", "2024-02-29T10:00:00.123+02:00")]
    [InlineData("VARCHAR", "00123", "04567")]
    [InlineData("VARCHAR", "1", "x")]
    [InlineData("VARCHAR", "2024-02-30")]
    [InlineData("VARCHAR", "12345678901234567890123")]
    public void The_type_is_the_narrowest_that_holds_every_value(string type, params string[] values) =>
        Assert.Equal(type, Profile(values).Type.ToString());

    [Fact]
    public void Nulls_count_and_do_not_tell_a_type()
    {
        var profile = Profile(["1", null, "2", "2"]);

        Assert.Equal((4L, 1L, 2L), (profile.Rows, profile.Nulls, profile.Distinct));
        Assert.Equal(LogicalType.BigInt, profile.Type);
        Assert.Equal(LogicalType.Varchar, Profile([null, null]).Type);
    }

    [Theory]
    [InlineData("%d.%m.%Y", "31.12.2024", "01.02.2024")]
    [InlineData("%m/%d/%Y", "12/31/2024", "01/02/2024")]
    [InlineData(null, "01/02/2024", "03/04/2024")]
    [InlineData(null, "31.12.2024", "never")]
    public void A_form_of_dates_is_named_when_no_other_fits(string? format, params string[] values) =>
        Assert.Equal(format, Profile(values).DateFormat);

    [Fact]
    public void Values_that_almost_all_are_dates_are_worth_a_word()
    {
        var values = Enumerable.Range(1, 28).Select(d => $"2024-02-{d:00}").Append("2024-02-31").ToArray();

        var profile = Profile(values);

        Assert.Equal(LogicalType.Varchar, profile.Type);
        Assert.Contains("dates", profile.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_that_stands_for_no_value_is_found()
    {
        Fill(["1", "NULL", "NULL", "n/a", "NA"]);

        Assert.Equal("NULL", new ColumnProfiler(connection, "sample").NullMarker(["c"]));
    }

    [Fact]
    public void A_column_that_has_a_type_keeps_it()
    {
        connection.Execute("CREATE OR REPLACE TABLE sample AS SELECT {'a': 1} AS c UNION ALL SELECT NULL");

        var type = LogicalType.Parse("STRUCT(a INTEGER)");

        var profile = new ColumnProfiler(connection, "sample").Typed(new Column("c", type));

        Assert.Equal((2L, 1L), (profile.Rows, profile.Nulls));
        Assert.Equal(type, profile.Type);
    }

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    private ColumnProfile Profile(string?[] values)
    {
        Fill(values);
        return new ColumnProfiler(connection, "sample").Text("c");
    }

    private void Fill(string?[] values) =>
        connection.Execute(
            $"CREATE OR REPLACE TABLE sample AS SELECT * FROM (VALUES {string.Join(", ", values.Select(v => $"(CAST({Sql.Literal((object?)v)} AS VARCHAR))"))}) AS t(c)"
        );
}
