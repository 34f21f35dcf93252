namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class FilterStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench().Table("a", "FROM (VALUES (1, true), (2, false), (3, NULL)) t(id, ok)");

    [Fact]
    public void Rows_stay_for_which_the_condition_is_true() =>
        Assert.Equal(["1|true"], bench.Run("<filter source='a' condition='ok'/>", "a"));

    [Fact]
    public void A_condition_may_stand_as_text() =>
        Assert.Equal(["3|∅"], bench.Run("<filter source='a'><condition><![CDATA[ok IS NULL AND id <= 3]]></condition></filter>", "a"));

    [Fact]
    public void A_condition_that_is_neither_true_nor_false_is_reported() =>
        Assert.Equal(
            "« HUB3004: a condition must be true or false, but this gives INTEGER; compare it with something",
            bench.Findings("<filter source='a' condition='«id'/>")
        );

    [Fact]
    public void After_a_filter_that_is_wrong_the_columns_are_still_known() =>
        Assert.Equal(
            2,
            bench.Findings("<filter source='a' condition='nowhere = 1'/>\n<sort source='a' orderBy='elsewhere'/>").Split("HUB2004").Length
                - 1
        );

    public void Dispose() => bench.Dispose();
}
