using System.Collections.Concurrent;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>
/// Starts runs when it is time. How far each schedule has fired is a document under <c>data/ops/schedules</c>, so any number of processes may look, and
/// one that died is made up for. A run's id is made of its schedule and time: firing twice is firing once.
/// </summary>
public sealed class Schedules
{
    /// <summary>How many missed times of a schedule are made up for at most; older ones are left out, and that is said.</summary>
    public const int MostMissed = 1_000;

    /// <summary>How late a time may be noticed and not count as missed.</summary>
    public static readonly TimeSpan OnTime = TimeSpan.FromMinutes(2);

    private readonly ILakeStorage storage;
    private readonly StartRun start;
    private readonly TimeProvider time;

    // Spares the storage from being asked about schedules that are not due; it is right or too early, never too late.
    private readonly ConcurrentDictionary<string, (Schedule Schedule, DateTimeOffset Next)> upcoming = [];

    /// <summary>Looks after the schedules of a hub.</summary>
    /// <param name="storage">The hub root's.</param>
    /// <param name="start">Starts a run.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public Schedules(ILakeStorage storage, StartRun start, TimeProvider? time = null) =>
        (this.storage, this.start, this.time) = (storage, start, time ?? TimeProvider.System);

    /// <summary>
    /// Starts what is due, to be called every second or every minute. A schedule that is seen for the first time begins now; one whose expression has
    /// changed goes on from now with the new one.
    /// </summary>
    /// <param name="schedules">The schedules of all documents as they are now.</param>
    /// <param name="ct">Ends it between two starts.</param>
    /// <returns>What was started. A failure is of one schedule, and the next call tries it again.</returns>
    public async Task<IReadOnlyList<ScheduleFiring>> Fire(IEnumerable<Schedule> schedules, CancellationToken ct = default)
    {
        var firings = new List<ScheduleFiring>();
        foreach (var schedule in schedules)
        {
            if (upcoming.TryGetValue(schedule.Key, out var known) && known.Schedule == schedule && known.Next > time.GetUtcNow())
                continue;
            firings.AddRange(await Fire(schedule, ct));
        }
        return firings;
    }

    /// <summary>Starts nothing by a schedule until <see cref="Resume"/>. What passes meanwhile is missed, and treated then as the schedule says.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="why">Why.</param>
    /// <param name="ct">Ends it.</param>
    public Task Pause(Schedule schedule, string by, string? why, CancellationToken ct = default) =>
        Document(schedule).Update(before => Seen(before, schedule) with { Paused = new(by, why, time.GetUtcNow()) }, ct);

    /// <summary>Lets a schedule fire again. If the clock was set back, it fires from now on, and not only when the clock is where it was.</summary>
    public async Task Resume(Schedule schedule, CancellationToken ct = default)
    {
        await Document(schedule)
            .Update(
                before =>
                {
                    var (state, now) = (Seen(before, schedule), time.GetUtcNow());
                    return state with { Paused = null, Since = state.Since < now ? state.Since : now };
                },
                ct
            );
        upcoming.TryRemove(schedule.Key, out _);
    }

    /// <summary>How schedules stand, each with its next times.</summary>
    /// <param name="schedules">The schedules.</param>
    /// <param name="count">How many times.</param>
    /// <exception cref="RunException">The document of one is damaged.</exception>
    public IReadOnlyList<ScheduleView> List(IEnumerable<Schedule> schedules, int count = 10) => [.. schedules.Select(s => View(s, count))];

    private ScheduleView View(Schedule schedule, int count)
    {
        var (state, now) = (Document(schedule).Read(), time.GetUtcNow());
        var from = state is not null && state.IsOf(schedule) && state.Since > now ? state.Since : now;
        var note =
            from > now + OnTime
                ? $"it has fired until {from:u} already, as the clock was set back; resume it to fire before that"
                : state?.Note;
        return new(schedule, state?.Paused, state?.LastFired, [.. schedule.After(from).Take(count)], note);
    }

    private async Task<IReadOnlyList<ScheduleFiring>> Fire(Schedule schedule, CancellationToken ct)
    {
        var firings = new List<ScheduleFiring>();
        try
        {
            var document = Document(schedule);
            var state = (await document.Update(before => Seen(before, schedule), ct))!;
            if (state.Paused is not null)
                return firings;
            var (due, until, note) = Due(schedule, state.Since);
            DateTimeOffset? fired = null;
            foreach (var scheduled in due)
            {
                var firing = await Start(schedule, scheduled, ct);
                firings.Add(firing);
                JobTelemetry.Fired(firing, time.GetUtcNow());
                if (firing.Outcome is null)
                {
                    until = fired ?? state.Since;
                    break;
                }
                fired = scheduled;
            }
            if (until > state.Since)
                state = (await document.Update(before => before?.IsOf(schedule) == true ? before.Fired(until, fired, note) : before, ct))!;
            if (schedule.After(state.Since).FirstOrDefault() is { } next)
                upcoming[schedule.Key] = (schedule, next.At);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RunException)
        {
            firings.Add(new(schedule, time.GetUtcNow(), "", null, e.Message));
        }
        return firings;
    }

    private async Task<ScheduleFiring> Start(Schedule schedule, DateTimeOffset scheduled, CancellationToken ct)
    {
        var local = TimeZoneInfo.ConvertTime(scheduled, schedule.Zone);
        var day = DateOnly.FromDateTime(local.DateTime);
        var request = new StartRequest
        {
            Kind = schedule.Kind,
            Document = schedule.Document,
            RunId = schedule.RunIdAt(scheduled),
            Trigger = new(TriggerKind.Schedule, "schedule", $"{schedule.Cron.Text} {schedule.TimeZone}", scheduled),
            BusinessDate = day,
            Parameters = new Dictionary<string, string>
            {
                ["runTime"] = $"{scheduled.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z",
                ["runDate"] = $"{day:yyyy-MM-dd}",
            },
        };
        try
        {
            return new(schedule, scheduled, request.RunId, await start(request, ct));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RunException)
        {
            return new(schedule, scheduled, request.RunId, null, e.Message);
        }
    }

    /// <summary>The times after one that are to be fired now, how far that is, and what there is to say about the others.</summary>
    private (IReadOnlyList<DateTimeOffset> Due, DateTimeOffset Until, string? Note) Due(Schedule schedule, DateTimeOffset since)
    {
        var now = time.GetUtcNow();
        var passed = Passed(schedule, since, now).Take(schedule.Missed == MissedTimes.All ? MostMissed + 1 : 2).Reverse().ToArray();
        if (passed.Length == 0)
            return ([], since, null);
        var last = passed[^1];
        return schedule.Missed switch
        {
            MissedTimes.All when passed.Length > MostMissed => (
                passed[1..],
                last,
                $"the times until {passed[0]:u} were missed and left out: of one stop, at most {MostMissed} are made up for"
            ),
            MissedTimes.All => (passed, last, null),
            MissedTimes.None when now - last > OnTime => ([], last, $"the times until {last:u} were missed"),
            _ => ([last], last, passed.Length > 1 ? $"the times until {passed[0]:u} were missed" : null),
        };
    }

    /// <summary>The times after one until now, the last one first.</summary>
    private static IEnumerable<DateTimeOffset> Passed(Schedule schedule, DateTimeOffset since, DateTimeOffset now)
    {
        var times = new CronTimes(schedule.Cron, schedule.Zone);
        var first = DateOnly.FromDateTime(since.UtcDateTime).AddDays(-1);
        for (var day = DateOnly.FromDateTime(now.UtcDateTime).AddDays(1); day >= first; day = day.AddDays(-1))
            foreach (var moment in times.On(day).Reverse())
                if (moment <= now.UtcDateTime && moment > since.UtcDateTime)
                    yield return new DateTimeOffset(moment);
    }

    private ScheduleState Seen(ScheduleState? before, Schedule schedule)
    {
        var now = time.GetUtcNow();
        if (before is null)
            return new(schedule.Cron.Text, schedule.TimeZone, now);
        if (before.IsOf(schedule))
            return before;
        // A time that the old expression and the new one have in common is not lost because the document was changed right then.
        var since = before.Since > now - OnTime ? before.Since : now - OnTime;
        return before with { Cron = schedule.Cron.Text, TimeZone = schedule.TimeZone, Since = since < now ? since : now, Note = null };
    }

    private StateDocument<ScheduleState> Document(Schedule schedule) => new(storage, $"data/ops/schedules/{schedule.Key}.json");

    /// <param name="Cron">The expression it fired by.</param>
    /// <param name="TimeZone">The zone it fired in.</param>
    /// <param name="Since">All times until this one are dealt with.</param>
    /// <param name="LastFired">The last time a run was started for.</param>
    /// <param name="Paused">Why it starts nothing.</param>
    /// <param name="Note">What was missed last.</param>
    private sealed record ScheduleState(
        string Cron,
        string TimeZone,
        DateTimeOffset Since,
        DateTimeOffset? LastFired = null,
        Pause? Paused = null,
        string? Note = null
    )
    {
        public bool IsOf(Schedule schedule) => schedule.IsLike(Cron, TimeZone);

        public ScheduleState Fired(DateTimeOffset until, DateTimeOffset? fired, string? note) =>
            until <= Since ? this : this with { Since = until, LastFired = fired ?? LastFired, Note = note };
    }
}
