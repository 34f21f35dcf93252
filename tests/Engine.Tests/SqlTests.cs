namespace ServerlessHub.Engine.Tests;

public sealed class SqlTests : EngineTest
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("it's")]
    [InlineData("\"quoted\"")]
    [InlineData("back\\slash \n line € 😀")]
    [InlineData("'; DROP TABLE t; --")]
    public void A_text_comes_back_as_it_was(string text) => Assert.Equal(text, Scalar<string>($"SELECT {Sql.Literal(text)}"));

    [Theory]
    [InlineData("a")]
    [InlineData("A b")]
    [InlineData("select")]
    [InlineData("quo\"te")]
    [InlineData("it's; --")]
    public void A_name_comes_back_as_it_was(string name)
    {
        using var result = Connection.Query($"SELECT 1 AS {Sql.Identifier(name)}");
        Assert.Equal(name, result.Columns[0].Name);
    }

    [Fact]
    public void A_value_comes_back_as_it_was_and_in_its_type()
    {
        object?[] values =
        [
            null,
            true,
            42,
            long.MaxValue,
            Int128.MaxValue,
            12.50m,
            -0.1,
            double.NaN,
            double.PositiveInfinity,
            1.1f,
            new DateOnly(1, 1, 1),
            new TimeOnly(1, 2, 3, 4, 5),
            new DateTime(9999, 12, 31, 23, 59, 59, 999),
            new DateTime(2024, 1, 1, 2, 3, 4, DateTimeKind.Utc),
            Guid.NewGuid(),
            new byte[] { 0, 39, 92, 255 },
        ];
        foreach (var value in values)
            Assert.Equal(value, Rows($"SELECT {Sql.Literal(value)}").Single()[0]);
        Assert.Equal(
            new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            Rows($"SELECT {Sql.Literal(new DateTimeOffset(2024, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)))}").Single()[0]
        );
    }

    [Fact]
    public void A_NUL_and_an_unknown_type_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Sql.Literal("a\0b"));
        Assert.Throws<ArgumentException>(() => Sql.Identifier("a\0b"));
        Assert.Throws<ArgumentException>(() => Sql.Literal(new object()));
    }
}
