namespace ServerlessHub.Engine.Tests;

public sealed class LogicalTypeTests : EngineTest
{
    public static TheoryData<string> Spellings =>
        [
            "BOOLEAN",
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT",
            "BIGNUM",
            "FLOAT",
            "DOUBLE",
            "DECIMAL(18,3)",
            "DECIMAL(38,38)",
            "DECIMAL(1,0)",
            "VARCHAR",
            "JSON",
            "BLOB",
            "BIT",
            "UUID",
            "DATE",
            "TIME",
            "TIME_NS",
            "TIME WITH TIME ZONE",
            "TIMESTAMP",
            "TIMESTAMP_S",
            "TIMESTAMP_MS",
            "TIMESTAMP_NS",
            "TIMESTAMP WITH TIME ZONE",
            "INTERVAL",
            "GEOMETRY",
            "INTEGER[]",
            "INTEGER[][]",
            "INTEGER[3]",
            "VARCHAR[2][][4]",
            "STRUCT(a INTEGER, b VARCHAR[])[]",
            "STRUCT(\"a b\" INTEGER, \"quo\"\"te\" DATE, \"select\" BOOLEAN, \"1st\" BIGINT)",
            "STRUCT(s STRUCT(t STRUCT(u INTEGER)))",
            "MAP(VARCHAR, STRUCT(a INTEGER)[])",
            "UNION(num INTEGER, str VARCHAR)",
            "ENUM('a', 'it''s', 'b,c')",
        ];

    [Theory]
    [MemberData(nameof(Spellings))]
    public void A_type_reads_as_DuckDB_writes_it(string spelling)
    {
        var type = LogicalType.Parse(spelling);
        Assert.Equal(spelling, type.ToString());
        Assert.Equal(type, LogicalType.Parse(type.ToString()));
        Connection.Execute($"CREATE TABLE t(a {type})");
        using var result = Connection.Query("FROM t");
        Assert.Equal(type, result.Columns[0].Type);
        Assert.Equal(type.GetHashCode(), result.Columns[0].Type.GetHashCode());
    }

    [Theory]
    [InlineData("int", "INTEGER")]
    [InlineData(" Numeric ( 10 , 2 ) ", "DECIMAL(10,2)")]
    [InlineData("decimal(5)", "DECIMAL(5,0)")]
    [InlineData("decimal", "DECIMAL(18,3)")]
    [InlineData("varchar(20)", "VARCHAR")]
    [InlineData("text[]", "VARCHAR[]")]
    [InlineData("timestamptz", "TIMESTAMP WITH TIME ZONE")]
    [InlineData("Timestamp With Time Zone[]", "TIMESTAMP WITH TIME ZONE[]")]
    [InlineData("timestamp without time zone", "TIMESTAMP")]
    [InlineData("double precision", "DOUBLE")]
    [InlineData("struct ( A int , \"B\" text )", "STRUCT(A INTEGER, B VARCHAR)")]
    [InlineData("row(a int)", "STRUCT(a INTEGER)")]
    [InlineData("map(int,text)", "MAP(INTEGER, VARCHAR)")]
    [InlineData("binary", "BLOB")]
    public void Other_spellings_are_understood(string spelling, string meant)
    {
        Assert.Equal(meant, LogicalType.Parse(spelling).ToString());
        Connection.Execute($"CREATE TABLE t(a {spelling})");
        using var result = Connection.Query("FROM t");
        Assert.Equal(LogicalType.Parse(spelling), result.Columns[0].Type);
    }

    [Theory]
    [InlineData("", "character 1")]
    [InlineData("nothing", "character 1")]
    [InlineData("INTEGER x", "character 9")]
    [InlineData("DECIMAL(39,0)", "1 to 38")]
    [InlineData("DECIMAL(5,6)", "0 to 5")]
    [InlineData("STRUCT()", "field name")]
    [InlineData("STRUCT(a)", "a type")]
    [InlineData("STRUCT(a INTEGER", "')'")]
    [InlineData("INTEGER[", "number")]
    [InlineData("INTEGER[0]", "number")]
    [InlineData("ENUM(a)", "single quotes")]
    [InlineData("ENUM('a)", "closing '")]
    [InlineData("MAP(INTEGER)", "','")]
    [InlineData("INTEGER); DROP TABLE t; --", "end of the type")]
    public void What_is_no_type_is_refused_with_the_place(string text, string part) =>
        Assert.Contains(part, Assert.Throws<FormatException>(() => LogicalType.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Types_nested_without_end_are_refused() =>
        Assert.Throws<FormatException>(() => LogicalType.Parse(string.Concat(Enumerable.Repeat("STRUCT(a ", 100_000))));

    [Fact]
    public void Every_word_is_a_fields_name()
    {
        using var words = Connection.Query("SELECT keyword_name FROM duckdb_keywords()");
        var fields = words.Rows().Select(row => new Column((string)row[0]!, LogicalType.Integer)).ToList();
        var type = LogicalType.Struct(fields);
        Assert.Equal(type, LogicalType.Parse(type.ToString()));
        using var statement = Connection.Prepare($"SELECT NULL::{type}");
        Assert.Equal(type, statement.Columns[0].Type);
    }

    [Fact]
    public void Types_differ_by_what_is_inside()
    {
        Assert.NotEqual(LogicalType.Parse("STRUCT(a INTEGER)"), LogicalType.Parse("STRUCT(b INTEGER)"));
        Assert.NotEqual(LogicalType.Parse("INTEGER[]"), LogicalType.Parse("INTEGER[2]"));
        Assert.NotEqual(LogicalType.Varchar, LogicalType.Json);
        Assert.NotEqual(LogicalType.Decimal(10, 2), LogicalType.Decimal(10, 3));
        Assert.True(LogicalType.Parse("ENUM('a')") == LogicalType.Enum("a"));
        Assert.True(LogicalType.Parse("ENUM('a')") != LogicalType.Enum("b"));
    }
}
