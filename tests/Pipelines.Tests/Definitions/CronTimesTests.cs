using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class CronTimesTests
{
    [Theory]
    [InlineData("0 6 * * *", "UTC", "2024-01-01 06:00", "2024-01-02 06:00")]
    [InlineData("*/20 8-9 * * MON-FRI", "UTC", "2024-01-05 09:40", "2024-01-08 08:00")]
    [InlineData("0 0 29 2 *", "UTC", "2024-02-29 00:00", "2028-02-29 00:00")]
    [InlineData("0 0 13 * FRI", "UTC", "2024-01-12 00:00", "2024-01-13 00:00")]
    [InlineData("0 12 31 * *", "UTC", "2024-01-31 12:00", "2024-03-31 12:00")]
    // Clocks in Zurich go forward on 2024-03-31 and back on 2024-10-27, both at 01:00 UTC.
    [InlineData("30 2 * * *", "Europe/Zurich", "2024-03-30 01:30", "2024-03-31 01:00")]
    [InlineData("30 2 * * *", "Europe/Zurich", "2024-03-31 01:00", "2024-04-01 00:30")]
    [InlineData("30 2 * * *", "Europe/Zurich", "2024-10-27 00:30", "2024-10-28 01:30")]
    [InlineData("30 * * * *", "Europe/Zurich", "2024-10-27 00:30", "2024-10-27 01:30")]
    [InlineData("*/30 * * * *", "Europe/Zurich", "2024-03-31 00:30", "2024-03-31 01:00")]
    public void The_next_time_is_found_and_the_way_back(string cron, string zone, string at, string next)
    {
        var times = Times(cron, zone);
        Assert.Equal((Utc(next), Utc(at)), (times.After(Utc(at)), times.AtOrBefore(Utc(next).AddTicks(-1))));
        Assert.Equal(Utc(next), times.AtOrBefore(Utc(next)));
    }

    [Fact]
    public void Times_are_those_that_a_walk_through_the_minutes_finds()
    {
        var zones = new[] { "UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe" };
        var crons = new[] { "*/7 * * * *", "15 2 * * *", "0 0 1 * *", "30 1,2,3 * * SUN", "0 12 13 * FRI", "59 23 31 * *" };
        var cases = Gen.Choose(0, zones.Length - 1)
            .SelectMany(z => Gen.Choose(0, crons.Length - 1).SelectMany(c => Gen.Choose(0, 366 * 24 * 60).Select(m => (z, c, m))));
        Prop.ForAll(
                Arb.From(cases),
                n =>
                {
                    var from = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(n.m);
                    Assert.Equal(
                        CronWalk.Forward(crons[n.c], TimeZoneInfo.FindSystemTimeZoneById(zones[n.z]), from),
                        Times(crons[n.c], zones[n.z]).After(from)
                    );
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static CronTimes Times(string cron, string zone) =>
        new(CronExpression.Parse(cron).Cron!, TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTime Utc(string text) => DateTime.SpecifyKind(DateTime.Parse(text), DateTimeKind.Utc);
}
