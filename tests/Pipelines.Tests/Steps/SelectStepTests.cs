namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class SelectStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench().Table("a", "SELECT 1 AS id, 'x' AS \"Name, full\", 2.5::DOUBLE AS n");

    [Fact]
    public void Columns_come_in_the_order_named_and_under_new_names() =>
        Assert.Equal(
            "n DOUBLE, who VARCHAR, again DOUBLE",
            bench.Columns("<select source='a' columns='N, \"Name, full\" as who, n AS again'/>", "a")
        );

    [Fact]
    public void With_an_id_the_source_stays() =>
        Assert.Equal(
            ("id INTEGER", "id INTEGER, Name, full VARCHAR, n DOUBLE"),
            (bench.Columns("<select source='a' columns='id' id='b'/>", "b"), bench.Columns("<select source='a' columns='id' id='b'/>", "a"))
        );

    [Fact]
    public void Values_follow_their_columns() => Assert.Equal(["2.5|1"], bench.Run("<select source='a' columns='n as id, id as n'/>", "a"));

    [Fact]
    public void A_name_that_comes_twice_is_reported() =>
        Assert.Equal(
            "« HUB2005: dataset 'a' would have the column 'id' 2 times; rename or leave out one of them before this step",
            bench.Findings("«<select source='a' columns='id, n as ID'/>")
        );

    [Fact]
    public void An_unknown_column_is_reported_and_later_steps_are_not_blamed() =>
        Assert.Equal(
            "« HUB2004: dataset 'a' has no column 'x'; columns here: id, Name, full, n",
            bench.Findings("<select source='a' columns='id, «x as y'/>\n<sort source='a' orderBy='y'/>")
        );

    [Fact]
    public void An_id_that_is_taken_is_reported() =>
        Assert.Equal(
            "« HUB2003: dataset 'a' is already bound in line 1; choose another id, or leave the id out to rebind the dataset",
            bench.Findings("<select source='a' columns='id' id='«a'/>")
        );

    public void Dispose() => bench.Dispose();
}
