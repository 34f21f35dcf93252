using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class ClockChangesTests
{
    [Theory]
    [InlineData(
        "30 2 * * *",
        "the clock is put back on 2026-10-25, and 02:30 comes twice: it runs the first time|the clock is put forward on 2026-03-29, past a time of this schedule: it runs when the gap ends, at 03:00"
    )]
    [InlineData("15 4 * * *", "")]
    [InlineData("30 2 1 * *", "")]
    [InlineData("0 * * * *", "")]
    public void What_daylight_saving_does_is_told_before(string cron, string notes)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich");

        var told = ClockChanges.Of(CronExpression.Parse(cron).Cron!, zone, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(notes.Split('|', StringSplitOptions.RemoveEmptyEntries).Order(), told.Order());
    }

    [Fact]
    public void Where_the_clock_never_changes_there_is_nothing_to_tell() =>
        Assert.Empty(ClockChanges.Of(CronExpression.Parse("30 2 * * *").Cron!, TimeZoneInfo.Utc, DateTime.UnixEpoch));
}
