using System.Numerics;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>What daylight saving does to a schedule, in words, before it does.</summary>
public static class ClockChanges
{
    private const int DaysAhead = 366;

    /// <summary>What becomes of the times that fall into an hour that is left out, or comes twice, within a year from a moment. A schedule of every hour just goes on.</summary>
    /// <param name="cron">The schedule.</param>
    /// <param name="zone">Its zone.</param>
    /// <param name="utc">From when on.</param>
    public static IEnumerable<string> Of(CronExpression cron, TimeZoneInfo zone, DateTime utc)
    {
        if (FiresEveryHour(cron))
            return [];
        var times = new CronTimes(cron, zone);
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, zone));
        return Enumerable
            .Range(0, DaysAhead)
            .Select(first.AddDays)
            .Where(day => OffsetAt(day, zone) != OffsetAt(day.AddDays(1), zone))
            .SelectMany(times.On)
            .Where(time => time > utc)
            .Select(time => At(cron, zone, time))
            .OfType<string>();
    }

    /// <summary>What becomes of one time of a schedule; null for nothing.</summary>
    /// <param name="cron">The schedule.</param>
    /// <param name="zone">Its zone.</param>
    /// <param name="utc">The time, as <see cref="CronTimes"/> gives it.</param>
    public static string? At(CronExpression cron, TimeZoneInfo zone, DateTime utc)
    {
        var local = DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(utc, zone), DateTimeKind.Unspecified);
        if ((cron.Hours >> local.Hour & 1) == 0 || (cron.Minutes >> local.Minute & 1) == 0)
            return $"the clock is put forward on {local:yyyy-MM-dd}, past a time of this schedule: it runs when the gap ends, at {local:HH:mm}";
        return zone.IsAmbiguousTime(local)
            ? $"the clock is put back on {local:yyyy-MM-dd}, and {local:HH:mm} comes twice: it runs {(FiresEveryHour(cron) ? "both times" : "the first time")}"
            : null;
    }

    private static bool FiresEveryHour(CronExpression cron) => BitOperations.PopCount(cron.Hours) == 24;

    private static TimeSpan OffsetAt(DateOnly day, TimeZoneInfo zone) => zone.GetUtcOffset(day.ToDateTime(TimeOnly.MinValue));
}
