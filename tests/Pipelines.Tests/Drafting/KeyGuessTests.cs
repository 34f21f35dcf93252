using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Drafting;

namespace ServerlessHub.Pipelines.Tests.Drafting;

public sealed class KeyGuessTests
{
    [Fact]
    public void A_unique_column_named_like_a_key_is_the_key()
    {
        var key = Find(Column("name", 100), Column("customer_id", 100, LogicalType.BigInt));

        Assert.Equal(["customer_id"], key!.Value);
        Assert.True(key.Confidence > 0.95);
    }

    [Fact]
    public void A_key_that_repeats_since_rows_were_updated_is_found_with_less_confidence()
    {
        var key = Find(Column("customer_id", 92, LogicalType.BigInt), Column("city", 20));

        Assert.Equal(["customer_id"], key!.Value);
        Assert.InRange(key.Confidence, 0.6, 0.95);
    }

    [Fact]
    public void A_column_that_points_at_something_else_is_not_the_key()
    {
        Assert.Equal(["orderId"], Find(Column("customer_id", 40, LogicalType.BigInt), Column("orderId", 100))!.Value);
        Assert.Null(Find(Column("customer_id", 40, LogicalType.BigInt), Column("amount", 90)));
    }

    [Fact]
    public void Two_columns_together_are_a_key_when_none_is_alone()
    {
        var key = Find(Column("order_id", 30, LogicalType.BigInt), Column("line_no", 5, LogicalType.BigInt), Column("amount", 80));

        Assert.Equal(["order_id", "line_no"], key!.Value);
    }

    [Fact]
    public void Personal_data_and_measures_are_no_keys()
    {
        Assert.Null(Find(Column("email", 100), Column("amount_code", 100, LogicalType.Double)));
    }

    [Theory]
    [InlineData("updated_at", true)]
    [InlineData("lastModified", true)]
    [InlineData("birth_date", false)]
    public void The_column_that_tells_the_newer_row_is_known_by_its_name(string name, bool isLatest)
    {
        Assert.Equal(isLatest ? name : null, KeyGuess.Latest([Column(name, 50, LogicalType.TimestampTz)]));
        Assert.Null(KeyGuess.Latest([Column(name, 50)]));
    }

    private static ColumnProfile Column(string name, long distinct, LogicalType? type = null) =>
        new(name, type ?? LogicalType.Varchar, 100, 0, distinct);

    private static Guess<IReadOnlyList<string>>? Find(params ColumnProfile[] columns) =>
        KeyGuess.Find(columns, c => c == "email", (a, b) => (a, b) == ("order_id", "line_no") ? 100 : 60);
}
