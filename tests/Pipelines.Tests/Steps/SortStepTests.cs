namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class SortStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench().Table(
        "a",
        "FROM (VALUES (1, 'b', 10), (2, NULL, 20), (3, 'a', 30), (4, 'B', NULL), (5, 'b', 5), (6, 'ä', 1), (7, '𝒳', 1), (8, 'ﬀ', 1)) t(id, name, n)"
    );

    [Theory]
    [InlineData("name", "4 3 1 5 6 8 7 2")]
    [InlineData("name desc", "7 8 6 1 5 3 4 2")]
    [InlineData("name desc, n", "7 8 6 5 1 3 4 2")]
    [InlineData("\"name\" DESC , n desc", "7 8 6 1 5 3 4 2")]
    public void Rows_come_in_the_order_of_code_points_and_equal_ones_stay_as_they_were(string orderBy, string ids) =>
        Assert.Equal(ids, Ids($"<sort source='a' orderBy='{orderBy}'/>"));

    [Fact]
    public void Direction_holds_for_columns_that_name_none() =>
        Assert.Equal("3 2 1 5 6 7 8 4", Ids("<sort source='a' orderBy='n' direction='desc'/>"));

    [Fact]
    public void Nulls_come_first_in_either_direction_if_asked() =>
        Assert.Equal(
            ("2 4", "2 7"),
            (Ids("<sort source='a' orderBy='name' nulls='first'/>")[..3], Ids("<sort source='a' orderBy='name desc' nulls='first'/>")[..3])
        );

    [Fact]
    public void A_sort_after_a_sort_keeps_the_first_order_among_equals() =>
        Assert.Equal("4 3 5 1 6 8 7 2", Ids("<sort source='a' orderBy='n'/><sort source='a' orderBy='name'/>"));

    [Fact]
    public void The_order_survives_a_filter_and_a_derived_column() =>
        Assert.Equal(
            "7 8 6 1 5",
            Ids(
                "<sort source='a' orderBy='name desc'/><filter source='a' condition='id != 3 and id != 4 and name is not null'/><derive source='a'><column name='x'>id + 1</column></derive>"
            )
        );

    [Fact]
    public void An_unknown_column_is_reported_at_its_own_place() =>
        Assert.Equal(
            "« HUB2004: dataset 'a' has no column 'nam'; did you mean 'name'?",
            bench.Findings("<sort source='a' orderBy='id desc, «nam desc'/>")
        );

    public void Dispose() => bench.Dispose();

    private string Ids(string steps) => string.Join(' ', bench.Rows(steps, "a").Select(r => r[0]));
}
