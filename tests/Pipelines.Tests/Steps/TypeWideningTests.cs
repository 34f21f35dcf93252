using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class TypeWideningTests
{
    [Theory]
    [InlineData("INTEGER", "BIGINT", "BIGINT")]
    [InlineData("TINYINT", "UTINYINT", "SMALLINT")]
    [InlineData("UBIGINT", "TINYINT", "HUGEINT")]
    [InlineData("UHUGEINT", "TINYINT", null)]
    [InlineData("SMALLINT", "UTINYINT", "SMALLINT")]
    [InlineData("INTEGER", "DECIMAL(9,2)", "DECIMAL(12,2)")]
    [InlineData("BIGINT", "DECIMAL(38,30)", null)]
    [InlineData("DECIMAL(9,2)", "DECIMAL(6,4)", "DECIMAL(11,4)")]
    [InlineData("BIGINT", "DOUBLE", "DOUBLE")]
    [InlineData("INTEGER", "FLOAT", "DOUBLE")]
    [InlineData("FLOAT", "DOUBLE", "DOUBLE")]
    [InlineData("DECIMAL(9,2)", "DOUBLE", null)]
    [InlineData("DATE", "TIMESTAMP", "TIMESTAMP")]
    [InlineData("DATE", "TIMESTAMPTZ", "TIMESTAMPTZ")]
    [InlineData("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPTZ")]
    [InlineData("VARCHAR", "INTEGER", null)]
    [InlineData("BOOLEAN", "INTEGER", null)]
    [InlineData("INTEGER[]", "BIGINT[]", "BIGINT[]")]
    [InlineData("JSON", "VARCHAR", "VARCHAR")]
    public void The_type_that_holds_both_is_found_either_way(string a, string b, string? wide)
    {
        var (left, right) = (LogicalType.Parse(a), LogicalType.Parse(b));
        var expected = wide is null ? null : LogicalType.Parse(wide);
        Assert.Equal((expected, expected), (TypeWidening.Of(left, right), TypeWidening.Of(right, left)));
    }
}
