using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class DataTypeTests
{
    [Theory]
    [InlineData("string", "VARCHAR")]
    [InlineData("boolean", "BOOLEAN")]
    [InlineData("int", "INTEGER")]
    [InlineData("long", "BIGINT")]
    [InlineData("float", "FLOAT")]
    [InlineData("double", "DOUBLE")]
    [InlineData("decimal(12,2)", "DECIMAL(12,2)")]
    [InlineData("date", "DATE")]
    [InlineData("timestamp", "TIMESTAMP WITH TIME ZONE")]
    [InlineData("binary", "BLOB")]
    [InlineData("VARCHAR(20)", "VARCHAR")]
    [InlineData("double precision", "DOUBLE")]
    [InlineData("timestamp with time zone", "TIMESTAMP WITH TIME ZONE")]
    [InlineData("timestamp without time zone", "TIMESTAMP")]
    [InlineData("timestamp_ntz", "TIMESTAMP")]
    [InlineData("datetime", "TIMESTAMP")]
    [InlineData("string[]", "VARCHAR[]")]
    [InlineData("timestamp[]", "TIMESTAMP WITH TIME ZONE[]")]
    [InlineData(
        "struct(timestamp timestamp, b map(string, timestamp))",
        "STRUCT(timestamp TIMESTAMP WITH TIME ZONE, b MAP(VARCHAR, TIMESTAMP WITH TIME ZONE))"
    )]
    public void A_type_is_the_engines(string text, string expected) => Assert.Equal(expected, DataType.Parse(text).Type?.ToString());

    [Theory]
    [InlineData("strng", "did you mean 'string'?")]
    [InlineData("struct(a strng)[]", "did you mean 'string'?")]
    [InlineData("decimel(1,2)", "did you mean 'decimal'?")]
    [InlineData("decimal(50,2)", "expected a number from 1 to 38 at character 9")]
    [InlineData("qqqqqq", "expected a type at character 1")]
    [InlineData("int[", "expected")]
    [InlineData("any", "a column has a type of its own")]
    [InlineData("null[]", "a column has a type of its own")]
    [InlineData("", "expected a type")]
    public void A_text_that_is_no_type_gives_a_hint(string text, string hint)
    {
        var result = DataType.Parse(text);

        Assert.Null(result.Type);
        Assert.StartsWith(hint, result.Hint);
    }
}
