using System.Numerics;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>
/// The moments at which a cron expression fires on the clock of a time zone. Where the clock is put forward, what falls into the gap fires when the
/// gap ends; where it is put back, an expression fires once for the hour that comes twice, unless it fires every hour: then it follows the time that
/// passes.
/// </summary>
public sealed class CronTimes
{
    // The calendar repeats its weekdays every 28 years, and after 40 if a century without a leap day lies between.
    private const int MaxDays = 366 * 40;

    private readonly CronExpression cron;
    private readonly TimeZoneInfo zone;
    private readonly bool everyHour;

    /// <summary>Fires on the clock of a zone.</summary>
    public CronTimes(CronExpression cron, TimeZoneInfo zone)
    {
        this.cron = cron;
        this.zone = zone;
        everyHour = BitOperations.PopCount(cron.Hours) == 24;
    }

    /// <summary>The first moment after another, or null when the calendar ends before.</summary>
    public DateTime? After(DateTime utc)
    {
        var day = Local(utc).AddDays(-1);
        for (var i = 0; i < MaxDays && day < DateOnly.MaxValue; i++, day = day.AddDays(1))
            foreach (var moment in On(day))
                if (moment > utc)
                    return moment;
        return null;
    }

    /// <summary>The last moment at or before another, or null when the calendar begins after.</summary>
    public DateTime? AtOrBefore(DateTime utc)
    {
        var day = Local(utc) is var d && d < DateOnly.MaxValue ? d.AddDays(1) : d;
        for (var i = 0; i < MaxDays && day > DateOnly.MinValue; i++, day = day.AddDays(-1))
        {
            var moments = On(day);
            for (var n = moments.Count - 1; n >= 0; n--)
                if (moments[n] <= utc)
                    return moments[n];
        }
        return null;
    }

    /// <summary>The moments of a day of the zone's calendar, in order.</summary>
    public IReadOnlyList<DateTime> On(DateOnly day)
    {
        if (!FiresOn(day))
            return [];
        var moments = new SortedSet<DateTime>();
        for (var hours = cron.Hours; hours != 0; hours &= hours - 1)
        for (var minutes = cron.Minutes; minutes != 0; minutes &= minutes - 1)
            Add(moments, day.ToDateTime(new TimeOnly(BitOperations.TrailingZeroCount(hours), BitOperations.TrailingZeroCount(minutes))));
        return [.. moments];
    }

    private void Add(SortedSet<DateTime> moments, DateTime local)
    {
        if (zone.IsInvalidTime(local))
            moments.Add(GapEnd(local));
        else if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            moments.Add(Utc(local, offsets.Max()));
            if (everyHour)
                moments.Add(Utc(local, offsets.Min()));
        }
        else
            moments.Add(Utc(local, zone.GetUtcOffset(local)));
    }

    private bool FiresOn(DateOnly day)
    {
        if ((cron.Months >> day.Month & 1) == 0)
            return false;
        var ofMonth = (cron.DaysOfMonth >> day.Day & 1) != 0;
        var ofWeek = (cron.DaysOfWeek >> (int)day.DayOfWeek & 1) != 0;
        return cron.RestrictsDayOfMonth && cron.RestrictsDayOfWeek ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    /// <summary>The moment at which the clock is put forward past a local time that does not exist.</summary>
    private DateTime GapEnd(DateTime local)
    {
        var end = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0).AddMinutes(1);
        while (zone.IsInvalidTime(end))
            end = end.AddMinutes(1);
        return Utc(end, zone.GetUtcOffset(end));
    }

    private DateOnly Local(DateTime utc) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone));

    private static DateTime Utc(DateTime local, TimeSpan offset) => DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
}
