using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Starting;

public sealed class SchedulesTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly TestClock clock = new(At("2026-03-02T08:00:00Z"));
    private readonly StartedRuns runs = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task A_schedule_begins_when_it_is_first_seen_and_fires_each_time_once()
    {
        var daily = Of("30 8 * * *", "Europe/Zurich");
        var schedules = New();
        Assert.Empty(await schedules.Fire([daily]));
        await Pass(schedules, [daily], TimeSpan.FromDays(3), TimeSpan.FromMinutes(7));
        Assert.Equal(
            ["2026-03-03T07:30:00Z", "2026-03-04T07:30:00Z", "2026-03-05T07:30:00Z"],
            runs.Requests.Select(r => r.Parameters["runTime"])
        );
        var first = runs.Requests[0];
        Assert.Equal(daily.RunIdAt(At("2026-03-03T07:30:00Z")), first.RunId);
        Assert.StartsWith("20260303-073000-", first.RunId);
        Assert.Equal("30 8 * * * Europe/Zurich", first.Trigger.Detail);
    }

    [Fact]
    public async Task The_business_date_is_the_day_of_the_schedules_own_clock()
    {
        var early = Of("30 0 * * *", "Europe/Zurich");
        var schedules = New();
        await Pass(schedules, [early], TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));
        Assert.Equal("2026-03-02T23:30:00Z", runs.Requests.Single().Parameters["runTime"]);
        Assert.Equal(new DateOnly(2026, 3, 3), runs.Requests.Single().BusinessDate);
        Assert.Equal("2026-03-03", runs.Requests.Single().Parameters["runDate"]);
    }

    [Theory]
    [InlineData(MissedTimes.All, 5, null)]
    [InlineData(MissedTimes.Last, 1, "the times until 2026-03-02 12:00:00Z were missed")]
    [InlineData(MissedTimes.None, 0, "the times until 2026-03-02 13:00:00Z were missed")]
    public async Task Times_that_passed_while_nothing_ran_are_made_up_for_as_the_schedule_says(MissedTimes missed, int fired, string? note)
    {
        var hourly = Of("0 * * * *", "UTC") with { Missed = missed };
        await New().Fire([hourly]);
        clock.Now = At("2026-03-02T13:20:00Z");
        var firings = await New().Fire([hourly]);
        Assert.Equal(fired, firings.Count);
        Assert.Equal(firings.Select(f => f.Scheduled).Order(), firings.Select(f => f.Scheduled));
        Assert.Equal(note, New().List([hourly]).Single().Note);
        clock.Now = At("2026-03-02T14:00:30Z");
        Assert.Equal(At("2026-03-02T14:00:00Z"), Assert.Single(await New().Fire([hourly])).Scheduled);
    }

    [Fact]
    public async Task After_a_long_stop_only_so_many_times_are_made_up_for_and_the_rest_is_said()
    {
        var often = Of("* * * * *", "UTC") with { Missed = MissedTimes.All };
        await New().Fire([often]);
        clock.Now += TimeSpan.FromDays(30);
        Assert.Equal(Schedules.MostMissed, (await New().Fire([often])).Count);
        Assert.Contains("at most 1000 are made up for", New().List([often]).Single().Note);
        Assert.Empty(await New().Fire([often]));
    }

    [Theory]
    [InlineData("Europe/Zurich", "2026-03-28T12:00:00Z", "30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("Europe/Zurich", "2026-10-24T12:00:00Z", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("America/New_York", "2026-03-07T18:00:00Z", "15 2 * * *", "2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z")]
    [InlineData("America/New_York", "2026-10-31T18:00:00Z", "30 1 * * *", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    [InlineData("UTC", "2027-12-31T00:00:00Z", "0 6 29 2 *", "2028-02-29T06:00:00Z", "2032-02-29T06:00:00Z")]
    public async Task Daylight_saving_and_leap_days_fire_once(string zone, string from, string cron, string first, string second)
    {
        clock.Now = At(from);
        var schedule = Of(cron, zone);
        var view = New().List([schedule], 2).Single();
        Assert.Equal([At(first), At(second)], view.Next.Select(t => t.At.ToUniversalTime()));
        Assert.Equal(zone != "UTC", view.Next[0].Note is not null);
        Assert.Null(view.Next[1].Note);
        var schedules = New();
        await schedules.Fire([schedule]);
        foreach (var moment in new[] { first, second })
            for (var minutes = -60; minutes <= 120; minutes += 15)
            {
                clock.Now = At(moment).AddMinutes(minutes);
                await schedules.Fire([schedule]);
            }
        Assert.Equal([first, second], runs.Requests.Select(r => r.Parameters["runTime"]));
    }

    [Fact]
    public void What_daylight_saving_does_is_said_before_it_happens()
    {
        clock.Now = At("2026-10-24T22:00:00Z");
        var notes = New()
            .List([Of("30 2 * * *", "Europe/Zurich"), Of("30 * * * *", "Europe/Zurich")], 4)
            .SelectMany(v => v.Next)
            .Select(t => t.Note)
            .OfType<string>();
        Assert.Equal(
            [
                "the clock is put back on 2026-10-25, and 02:30 comes twice: it runs the first time",
                "the clock is put back on 2026-10-25, and 02:30 comes twice: it runs both times",
                "the clock is put back on 2026-10-25, and 02:30 comes twice: it runs both times",
            ],
            notes
        );
        clock.Now = At("2026-03-28T12:00:00Z");
        Assert.Equal(
            "the clock is put forward on 2026-03-29, past a time of this schedule: it runs when the gap ends, at 03:00",
            New().List([Of("30 2 * * *", "Europe/Zurich")], 1).Single().Next[0].Note
        );
    }

    [Fact]
    public async Task A_clock_that_is_set_back_fires_nothing_twice_and_a_resume_lets_it_fire_again()
    {
        var hourly = Of("0 * * * *", "UTC");
        var schedules = New();
        await schedules.Fire([hourly]);
        clock.Now = At("2026-03-02T20:00:00Z");
        await schedules.Fire([hourly]);
        clock.Now = At("2026-03-02T10:00:00Z");
        Assert.Empty(await New().Fire([hourly]));
        Assert.Contains("resume it", New().List([hourly]).Single().Note);
        await schedules.Resume(hourly);
        clock.Now = At("2026-03-02T11:00:00Z");
        Assert.Single(await schedules.Fire([hourly]));
        clock.Now = At("2026-03-02T20:00:00Z");
        var again = Assert.Single(await schedules.Fire([hourly]));
        Assert.Equal(StartResult.AlreadyStarted, again.Outcome!.Result);
        Assert.Equal(2, runs.Requests.Count);
    }

    [Fact]
    public async Task A_paused_schedule_starts_nothing_in_any_process_and_makes_up_for_it_when_it_is_resumed()
    {
        var hourly = Of("0 * * * *", "UTC") with { Missed = MissedTimes.All };
        var one = New();
        await one.Fire([hourly]);
        await New().Pause(hourly, "ann", "month end");
        clock.Now = At("2026-03-02T11:30:00Z");
        Assert.Empty(await one.Fire([hourly]));
        Assert.Equal(new Pause("ann", "month end", At("2026-03-02T08:00:00Z")), one.List([hourly]).Single().Paused);
        await New().Resume(hourly);
        Assert.Equal(3, (await one.Fire([hourly])).Count);
        Assert.Null(one.List([hourly]).Single().Paused);
    }

    [Fact]
    public async Task A_changed_expression_goes_on_from_now_and_loses_no_time_that_both_have()
    {
        var schedules = New();
        await schedules.Fire([Of("0 * * * *", "UTC")]);
        clock.Now = At("2026-03-02T12:30:00Z");
        Assert.Empty(await schedules.Fire([Of("15 * * * *", "UTC")]));
        clock.Now = At("2026-03-02T13:15:10Z");
        Assert.Single(await schedules.Fire([Of("15,45 * * * *", "UTC")]));
        clock.Now = At("2026-03-02T13:45:00Z");
        Assert.Single(await schedules.Fire([Of("15,45 * * * *", "Europe/Zurich")]));
    }

    [Fact]
    public async Task Two_processes_that_look_at_once_start_one_run()
    {
        var minutely = Of("* * * * *", "UTC") with { Missed = MissedTimes.All };
        Schedules[] processes = [New(), New(), New()];
        await processes[0].Fire([minutely]);
        for (var i = 0; i < 10; i++)
        {
            clock.Now += TimeSpan.FromMinutes(1);
            await Task.WhenAll(processes.Select(p => Task.Run(() => p.Fire([minutely]))));
        }
        Assert.Equal(10, runs.Requests.Count);
        Assert.Equal(10, runs.Requests.Select(r => r.Parameters["runTime"]).Distinct().Count());
    }

    [Fact]
    public async Task A_start_that_fails_is_tried_again_and_holds_no_other_schedule_up()
    {
        var (one, two) = (Of("0 * * * *", "UTC"), Of("0 * * * *", "UTC") with { Kind = DocumentKind.Pipeline });
        var schedules = New();
        await schedules.Fire([one, two]);
        runs.Before = request => _ = request.Kind == DocumentKind.Job ? throw new IOException("no room") : 0;
        clock.Now = At("2026-03-02T09:00:00Z");
        var firings = await schedules.Fire([one, two]);
        Assert.Equal(["no room", null], firings.Select(f => f.Error));
        runs.Before = _ => { };
        Assert.Equal(StartResult.Started, Assert.Single(await schedules.Fire([one, two])).Outcome!.Result);
        Assert.Equal(2, runs.Requests.Count);
    }

    [Fact]
    public async Task A_process_that_dies_anywhere_neither_loses_a_time_nor_doubles_it()
    {
        await CrashingStorage.AtEachWrite(async crashing =>
        {
            using var own = new TestHub();
            var (here, started) = (new TestClock(At("2026-03-02T08:00:00Z")), new StartedRuns());
            var hourly = Of("0 * * * *", "UTC") with { Missed = MissedTimes.All };
            var storage = crashing(own.Root.Storage);
            var dying = new Schedules(storage, started.Start, here);
            started.Before = request => storage.Step(() => { });
            try
            {
                for (; here.Now < At("2026-03-02T12:00:00Z"); here.Now += TimeSpan.FromMinutes(30))
                    await dying.Fire([hourly]);
            }
            catch (CrashException) { }
            // Who dies before it has written down that there is a schedule has not seen it.
            var isSeen = own.Root.Storage.ListBelow("data/ops/schedules").Count > 0;
            started.Before = _ => { };
            here.Now = At("2026-03-02T12:00:00Z");
            await new Schedules(own.Root.Storage, started.Start, here).Fire([hourly]);
            Assert.Equal(isSeen ? 4 : 0, started.Requests.Count);
            return storage.HasCrashed;
        });
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text);

    private static Schedule Of(string cron, string zone) =>
        new(DocumentKind.Job, StartedRuns.Orders, CronExpression.Parse(cron).Cron!, zone, MissedTimes.Last);

    private Schedules New() => new(hub.Root.Storage, runs.Start, clock);

    private async Task Pass(Schedules schedules, Schedule[] all, TimeSpan span, TimeSpan step)
    {
        for (var end = clock.Now + span; clock.Now < end; clock.Now += step)
            await schedules.Fire(all);
    }
}
