using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class CronExpressionTests
{
    [Fact]
    public void Each_field_is_a_set()
    {
        var (cron, reason) = CronExpression.Parse("*/20 8-10,22 1,15 JAN,jul mon-FRI/2");

        Assert.Null(reason);
        Assert.Equal([0, 20, 40], Bits(cron!.Minutes));
        Assert.Equal([8, 9, 10, 22], Bits(cron.Hours));
        Assert.Equal([1, 15], Bits(cron.DaysOfMonth));
        Assert.Equal([1, 7], Bits(cron.Months));
        Assert.Equal([1, 3, 5], Bits(cron.DaysOfWeek));
        Assert.True(cron.RestrictsDayOfMonth && cron.RestrictsDayOfWeek);
    }

    [Theory]
    [InlineData("7", new[] { 0 })]
    [InlineData("0,7", new[] { 0 })]
    [InlineData("5-7", new[] { 0, 5, 6 })]
    [InlineData("*", new[] { 0, 1, 2, 3, 4, 5, 6 })]
    [InlineData("*/3", new[] { 0, 3, 6 })]
    public void Sunday_is_zero_and_seven(string field, int[] days) =>
        Assert.Equal(days, Bits(CronExpression.Parse("0 0 * * " + field).Cron!.DaysOfWeek));

    [Fact]
    public void A_number_with_a_step_runs_to_the_end() =>
        Assert.Equal([10, 25, 40, 55], Bits(CronExpression.Parse("10/15 * * * *").Cron!.Minutes));

    [Theory]
    [InlineData("* * * *", "a cron expression has five fields (minute, hour, day of month, month, day of week), not 4")]
    [InlineData("0 0 12 * * ?", "a cron expression has five fields (minute, hour, day of month, month, day of week), not 6")]
    [InlineData("60 * * * *", "'60' is no minute")]
    [InlineData("* * 0 * *", "'0' is no day of month")]
    [InlineData("* * * 13 *", "'13' is no month")]
    [InlineData("* * * * MO", "'MO' is no day of week")]
    [InlineData("5-1 * * * *", "the minute range '5-1' runs backwards")]
    [InlineData("*/0 * * * *", "'*/0' is no minute")]
    [InlineData("1,,2 * * * *", "'' is no minute")]
    [InlineData("1-2-3 * * * *", "'1-2-3' is no minute")]
    [InlineData("1/2/3 * * * *", "'1/2/3' is no minute")]
    [InlineData("0 0 31 2,4,6 *", "none of the months has such a day, so it would never fire")]
    public void What_is_wrong_is_said(string text, string reason)
    {
        var result = CronExpression.Parse(text);

        Assert.Null(result.Cron);
        Assert.StartsWith(reason, result.Reason);
    }

    [Theory]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 31 2 MON")]
    public void A_day_that_comes_sometimes_is_right(string text) => Assert.NotNull(CronExpression.Parse(text).Cron);

    private static IEnumerable<int> Bits(ulong set) => Enumerable.Range(0, 64).Where(i => (set >> i & 1) != 0);
}
