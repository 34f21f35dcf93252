using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class JoinStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench()
        .Table("a", "FROM (VALUES (1, 'x', 10), (2, 'y', 20), (NULL, 'z', 30), (1, 'w', 40)) t(k, name, n)")
        .Table("b", "FROM (VALUES (1::BIGINT, 'p'), (3, 'q'), (NULL, 'r'), (1, 's')) t(k, name)");

    [Theory]
    [InlineData("inner", "1|x|10|p; 1|x|10|s; 1|w|40|p; 1|w|40|s")]
    [InlineData("left", "1|x|10|p; 1|x|10|s; 2|y|20|∅; ∅|z|30|∅; 1|w|40|p; 1|w|40|s")]
    [InlineData("right", "1|x|10|p; 1|x|10|s; 1|w|40|p; 1|w|40|s; 3|∅|∅|q; ∅|∅|∅|r")]
    [InlineData("full", "1|x|10|p; 1|x|10|s; 2|y|20|∅; ∅|z|30|∅; 1|w|40|p; 1|w|40|s; 3|∅|∅|q; ∅|∅|∅|r")]
    [InlineData("semi", "1|x|10; 1|w|40")]
    [InlineData("anti", "2|y|20; ∅|z|30")]
    public void Each_type_gives_its_rows_in_the_order_of_the_left_then_of_the_right(string type, string rows)
    {
        // A sort in which all rows are equal keeps the order there was, and makes it visible.
        var found = bench.Run(
            $"<join left='a' right='b' type='{type}' condition='a.k = b.k'/><derive source='a'><column name='one'>1</column></derive><sort source='a' orderBy='one'/>",
            "a"
        );
        Assert.Equal(rows, string.Join("; ", found.Select(r => r[..r.LastIndexOf('|')])));
    }

    [Theory]
    [InlineData("inner", "k INTEGER, name VARCHAR, n INTEGER, b_name VARCHAR")]
    [InlineData("right", "k BIGINT, name VARCHAR, n INTEGER, b_name VARCHAR")]
    [InlineData("full", "k BIGINT, name VARCHAR, n INTEGER, b_name VARCHAR")]
    [InlineData("semi", "k INTEGER, name VARCHAR, n INTEGER")]
    public void A_shared_key_is_there_once_and_other_shared_names_get_a_prefix(string type, string columns) =>
        Assert.Equal(columns, bench.Columns($"<join left='a' right='b' type='{type}' condition='b.k = a.k and a.n > 5'/>", "a"));

    [Fact]
    public void Keys_of_different_names_are_both_kept() =>
        Assert.Equal(
            "k INTEGER, name VARCHAR, n INTEGER, b_k BIGINT, b_name VARCHAR",
            bench.Columns("<join left='a' right='b' condition='a.n = b.k'/>", "a")
        );

    [Fact]
    public void Equality_that_is_not_demanded_keeps_both_columns() =>
        Assert.Equal(
            "k INTEGER, name VARCHAR, n INTEGER, b_k BIGINT, b_name VARCHAR",
            bench.Columns("<join left='a' right='b' condition='a.k = b.k or a.n = 1'/>", "a")
        );

    [Fact]
    public void Two_shared_keys_are_each_there_once() =>
        Assert.Equal(
            ["1|x|10"],
            bench.Table("c", "SELECT 1 AS k, 'x' AS name").Run("<join left='a' right='c' condition='a.k = c.k and a.name = c.name'/>", "a")
        );

    [Fact]
    public void Any_condition_joins() =>
        Assert.Equal(["2|y|20|1|p", "2|y|20|1|s"], bench.Run("<join left='a' right='b' condition='a.k > b.k'/>", "a").Order());

    [Fact]
    public void A_join_with_itself_is_refused_with_the_way_out() =>
        Assert.Equal(
            "« HUB2010: 'a' is on both sides, so a name in the condition would mean either; give one side a name of its own first: <select source=\"a\" columns=\"…\" id=\"…\"/>",
            bench.Findings("<join left='a' right='«a' condition='a.k = a.n'/>")
        );

    [Fact]
    public void A_dataset_joins_with_its_own_copy() =>
        Assert.Equal(
            ["1|40", "1|40"],
            bench.Run(
                "<select source='a' columns='k, n' id='c'/><join left='a' right='c' condition='a.k = c.k and c.n = 40'/><select source='a' columns='k, c_n'/>",
                "a"
            )
        );

    [Fact]
    public void A_name_that_comes_twice_even_with_the_prefix_is_reported() =>
        Assert.Equal(
            "« HUB2005: dataset 'a' would have the column 'b_name' 2 times; rename or leave out one of them before this step",
            bench.Table("a", "SELECT 1 AS k, 'x' AS name, 2 AS b_name").Findings("«<join left='a' right='b' condition='a.k = b.k'/>")
        );

    [Theory]
    [InlineData("a.k = «b.id", "« HUB2004: no column 'id' in 'a' or 'b'; columns here: k, name, n")]
    [InlineData("«k = 1", "« HUB2010: column 'k' is in more than one dataset; write a.k or b.k")]
    [InlineData("a.k = «c.k", "« HUB2001: 'c' is no dataset in scope; datasets here: a, b")]
    public void What_the_condition_cannot_mean_is_reported(string condition, string finding) =>
        Assert.Equal(finding, bench.Findings($"<join left='a' right='b' condition='{condition}'/>"));

    [Fact]
    public void A_full_join_on_keys_that_no_type_holds_is_reported() =>
        Assert.Equal(
            "« HUB3004: the key 'k' is INTEGER in 'a' and VARCHAR in 'b', so one column cannot hold both; convert one of them first, with <derive> and a type=",
            bench.Table("b", "SELECT '1' AS k").Findings("<join left='a' right='b' type='full' condition='«a.k = b.k'/>")
        );

    [Fact]
    public void The_key_of_a_right_join_is_the_rights() =>
        Assert.Equal(
            LogicalType.BigInt,
            bench.Bound("<join left='a' right='b' type='right' condition='a.k = b.k'/>").Scope.Last!.Columns[0].Type
        );

    public void Dispose() => bench.Dispose();
}
