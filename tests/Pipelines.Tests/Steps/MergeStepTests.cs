namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class MergeStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench()
        .Table("a", "FROM (VALUES (1, 'x'), (2, 'y'), (2, 'y')) t(id, name)")
        .Table("b", "FROM (VALUES ('y', 2::BIGINT, DATE '2024-01-01'), ('z', 9, NULL)) t(NAME, id, day)")
        .Table("c", "SELECT 2.50 AS id, TIMESTAMPTZ '2024-01-02 03:04:05+00' AS day");

    [Fact]
    public void By_name_missing_columns_are_null_and_types_widen() =>
        Assert.Equal("id DECIMAL(21,2), name VARCHAR, day TIMESTAMP WITH TIME ZONE", bench.Columns("<merge sources='a, b, c'/>", "a"));

    [Fact]
    public void Rows_come_one_dataset_after_the_other() =>
        Assert.Equal(
            ["1.00|x|∅", "2.00|y|∅", "2.00|y|∅", "2.00|y|2024-01-01 00:00:00", "9.00|z|∅", "2.50|∅|2024-01-02 03:04:05"],
            InOrder("<merge sources='a, b, c'/>", "a", "id, name, day")
        );

    [Fact]
    public void By_position_names_are_the_firsts() =>
        Assert.Equal(
            ["1|x", "2|y", "2|y", "7|u"],
            bench.Table("b", "SELECT 7 AS p, 'u' AS q").Run("<merge sources='a,b' by='position'/>", "a").Order()
        );

    [Fact]
    public void Distinct_keeps_the_first_of_equal_rows_in_its_place() =>
        Assert.Equal(
            ["1|x", "2|y", "0|w"],
            InOrder(
                "<merge sources='a, d' distinct='true'/>",
                "a",
                "id, name",
                more: "FROM (VALUES (2, 'y'), (0, 'w'), (1, 'x')) t(id, name)"
            )
        );

    [Fact]
    public void Distinct_compares_all_columns_also_those_that_nothing_needs() =>
        Assert.Equal(["1", "2"], bench.Run("<merge sources='a' distinct='true'/><select source='a' columns='id'/>", "a").Order());

    [Fact]
    public void Nulls_are_equal() =>
        Assert.Single(bench.Table("n", "FROM (VALUES (NULL::INT), (NULL)) t(x)").Run("<merge sources='n, n' distinct='true'/>", "n"));

    [Fact]
    public void The_first_of_two_datasets_wins_a_key() =>
        Assert.Equal(
            ["1|x", "2|y", "3|new"],
            bench
                .Table("d", "FROM (VALUES (1, 'new'), (3, 'new')) t(id, name)")
                .Run("<merge sources='a, d'/><deduplicate source='a' keys='id'/>", "a")
                .Order()
        );

    [Fact]
    public void What_a_merge_of_merges_keeps_goes_by_the_order_of_all() =>
        Assert.Equal(
            ["1|x", "2|y", "3|b", "4|c"],
            bench
                .Table("p", "FROM (VALUES (1, 'p'), (3, 'b')) t(id, name)")
                .Table("q", "FROM (VALUES (3, 'q'), (4, 'c')) t(id, name)")
                .Run("<merge sources='a, p'/><merge sources='p, q'/><merge sources='a, p, q'/><deduplicate source='a' keys='id'/>", "a")
                .Order()
        );

    [Fact]
    public void A_merge_of_sorted_datasets_keeps_the_order_of_each() =>
        Assert.Equal(
            ["2", "1", "9", "2"],
            InOrder(
                "<deduplicate source='a' keys='id'/><sort source='a' orderBy='id desc'/><sort source='b' orderBy='id desc, name'/><merge sources='a, b'/>",
                "a",
                "id"
            )
        );

    [Fact]
    public void Types_that_do_not_widen_are_reported_with_both_datasets() =>
        Assert.Equal(
            "« HUB3004: column 'id' is BIGINT in 'b' and VARCHAR in 'd'; no type holds both; convert one of them first, with <derive> and a type=",
            bench.Table("d", "SELECT 'x' AS ID").Findings("<merge sources='«a, b, d'/>")
        );

    [Fact]
    public void A_different_number_of_columns_by_position_is_reported() =>
        Assert.Equal(
            "« HUB3004: 'b' has 3 columns, 'a' has 2; by position they must have as many; merge by=\"name\", or bring them in line with <select>",
            bench.Findings("<merge sources='«a, b' by='position'/>")
        );

    [Fact]
    public void An_unknown_source_is_reported_at_its_place() =>
        Assert.Equal("« HUB2001: unknown dataset 'x'; datasets here: a, b, c", bench.Findings("<merge sources='a, «x'/>"));

    public void Dispose() => bench.Dispose();

    /// <summary>The rows in their order, which a sort in which all are equal makes visible.</summary>
    private string[] InOrder(string steps, string dataset, string columns, string? more = null)
    {
        if (more is not null)
            bench.Table("d", more);
        var sorted = $"{steps}<derive source='{dataset}'><column name='one'>1</column></derive><sort source='{dataset}' orderBy='one'/>";
        return [.. bench.Run($"{sorted}<select source='{dataset}' columns='{columns}'/>", dataset)];
    }
}
