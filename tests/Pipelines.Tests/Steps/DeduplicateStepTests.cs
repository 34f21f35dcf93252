namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class DeduplicateStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench();

    public static TheoryData<string> Types => ["TIMESTAMP", "TIMESTAMPTZ", "DATE", "BIGINT", "VARCHAR", "DOUBLE", "DECIMAL(9,2)"];

    [Theory]
    [InlineData("first", "1 3 6 7")]
    [InlineData("last", "4 5 6 8")]
    public void The_first_or_last_row_of_each_key_stays(string keep, string ids)
    {
        Letters(RowOrder.Materialised);
        Assert.Equal(ids, Ids($"<deduplicate source='a' keys='k' keep='{keep}'/>"));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("last")]
    public void A_source_that_tells_its_order_gives_the_same_as_one_that_does_not(string keep)
    {
        Letters(RowOrder.Materialised);
        var materialised = Ids($"<deduplicate source='a' keys='k' keep='{keep}'/>");
        Letters(RowOrder.Numbered);
        Assert.Equal(materialised, Ids($"<deduplicate source='a' keys='k' keep='{keep}'/>"));
        Assert.Single(bench.Plan!.Statements);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_latest_row_stays_and_of_equal_ones_the_first_and_nulls_are_lowest(string type)
    {
        var values = type is "BIGINT" or "DOUBLE" or "DECIMAL(9,2)"
            ? "'-1', '2', '2', NULL, NULL, '5', NULL"
            : "'1960-01-01', '2024-02-01', '2024-02-01', NULL, NULL, '2024-01-01', NULL";
        bench.Table(
            "a",
            $"SELECT unnest(range(7)) AS id, unnest(['x', 'x', 'x', 'x', 'y', 'y', 'z']) AS k, unnest([{values}])::{type} AS at"
        );
        Assert.Equal("1 5 6", Ids("<deduplicate source='a' keys='k' keep='latest' orderBy='at'/>"));
    }

    [Fact]
    public void Infinite_times_are_the_latest_and_the_earliest()
    {
        bench.Table(
            "a",
            "SELECT unnest(range(5)) AS id, unnest([1, 1, 2, 2, 2]) AS k, unnest(['9999-01-01', 'infinity', NULL, '-infinity', NULL])::TIMESTAMP AS updated_at"
        );
        Assert.Equal("1 3", Ids("<deduplicate source='a' keys='k' keep='latest'/><select source='a' columns='id'/>"));
    }

    [Fact]
    public void Latest_goes_by_several_columns()
    {
        bench.Table("a", "FROM (VALUES (1, 'x', 1, 2), (2, 'x', 1, 3), (3, 'x', 0, 9), (4, 'x', 1, 3)) t(id, k, major, minor)");
        Assert.Equal("2", Ids("<deduplicate source='a' keys='k' keep='latest' orderBy='major, minor'/>"));
    }

    [Fact]
    public void What_is_kept_goes_by_a_sort_before_it()
    {
        Letters(RowOrder.Materialised);
        Assert.Equal("4 5 6 8", Ids("<sort source='a' orderBy='id desc'/><deduplicate source='a' keys='k'/>"));
    }

    [Fact]
    public void Deduplicating_what_has_one_row_needs_no_order()
    {
        Letters(RowOrder.Materialised);
        Assert.Equal(["8"], bench.Run("<aggregate source='a' metrics='count:n'/><deduplicate source='a' keys='n'/>", "a"));
    }

    [Fact]
    public void Latest_without_its_column_is_reported()
    {
        Letters(RowOrder.Materialised);
        Assert.Equal(
            "« HUB2004: dataset 'a' has no column 'updated_at'; columns here: id, k",
            bench.Findings("«<deduplicate source='a' keys='k' keep='latest'/>")
        );
    }

    [Fact]
    public void An_order_for_anything_but_latest_is_reported()
    {
        Letters(RowOrder.Materialised);
        Assert.Equal(
            "« HUB1011: orderBy says what keep=\"latest\" goes by, but keep is \"first\"; set keep=\"latest\", or sort the dataset before",
            bench.Findings("<deduplicate source='a' keys='k' orderBy='«id'/>")
        );
    }

    public void Dispose() => bench.Dispose();

    private void Letters(RowOrder order) =>
        bench.Table("a", "FROM (VALUES (1, 'x'), (2, 'x'), (3, 'z'), (4, 'z'), (5, 'x'), (6, 'y'), (7, NULL), (8, NULL)) t(id, k)", order);

    private string Ids(string steps) => string.Join(' ', bench.Rows(steps, "a").Select(r => r[0]).Order());
}
