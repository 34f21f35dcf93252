using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

/// <summary>Finds when a cron expression fires by looking at each minute in turn: what its local clock shows, whether it showed it before already, and what it skipped.</summary>
internal static class CronWalk
{
    /// <summary>The first moment after another, both on a full minute.</summary>
    public static DateTime Forward(string expression, TimeZoneInfo zone, DateTime from)
    {
        var cron = CronExpression.Parse(expression).Cron!;
        var utc = from.AddMinutes(1);
        while (!Fires(cron, zone, utc))
            utc = utc.AddMinutes(1);
        return utc;
    }

    /// <summary>The last moment at or before another.</summary>
    public static DateTime Back(string expression, TimeZoneInfo zone, DateTime from)
    {
        var cron = CronExpression.Parse(expression).Cron!;
        var utc = new DateTime(from.Ticks - from.Ticks % TimeSpan.TicksPerMinute, DateTimeKind.Utc);
        while (!Fires(cron, zone, utc))
            utc = utc.AddMinutes(-1);
        return utc;
    }

    private static bool Fires(CronExpression cron, TimeZoneInfo zone, DateTime utc)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        var before = TimeZoneInfo.ConvertTimeFromUtc(utc.AddMinutes(-1), zone);
        var isRepeated = zone.IsAmbiguousTime(local) && zone.GetUtcOffset(utc) == zone.GetAmbiguousTimeOffsets(local).Min();
        if (Matches(cron, local) && (!isRepeated || cron.Text.Split(' ')[1] == "*"))
            return true;
        for (var skipped = before.AddMinutes(1); skipped < local; skipped = skipped.AddMinutes(1))
            if (Matches(cron, skipped))
                return true;
        return false;
    }

    private static bool Matches(CronExpression cron, DateTime time)
    {
        var ofMonth = (cron.DaysOfMonth >> time.Day & 1) != 0;
        var ofWeek = (cron.DaysOfWeek >> (int)time.DayOfWeek & 1) != 0;
        var day = cron.RestrictsDayOfMonth && cron.RestrictsDayOfWeek ? ofMonth || ofWeek : ofMonth && ofWeek;
        return day && (cron.Months >> time.Month & 1) != 0 && (cron.Hours >> time.Hour & 1) != 0 && (cron.Minutes >> time.Minute & 1) != 0;
    }
}
