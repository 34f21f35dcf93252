using ServerlessHub.Pipelines.Tests.Definitions;

namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>Windows of time, found by walking: from a moment back to where its window began.</summary>
internal sealed record OracleWindow(string Window, string TimeColumn, string? Slide)
{
    public string Attributes =>
        $"{Written.Attribute("window", Window)}{Written.Attribute("timeColumn", TimeColumn)}{Written.Attribute("slide", Slide)}";

    /// <summary>The windows that hold a row; one without bounds where it has no time.</summary>
    public IEnumerable<(object? Start, object? End)> Of(OracleTable table, object?[] row, TimeZoneInfo zone)
    {
        var at = table.IndexOf(TimeColumn);
        if (at < 0 || table.Columns[at].Kind is not (Kind.Date or Kind.Moment))
            throw new NotPossibleException();
        return row[at] switch
        {
            null => [(null, null)],
            DateOnly day => Of(Utc(day.ToDateTime(default), zone), zone),
            var moment => Of((DateTime)moment, zone),
        };
    }

    private IEnumerable<(object?, object?)> Of(DateTime moment, TimeZoneInfo zone)
    {
        if (Slide is null)
        {
            var start = StartOf(Window, moment, zone);
            return [(start, EndOf(Window, start, zone))];
        }
        var starts = new List<DateTime>();
        for (
            var start = StartOf(Slide, moment, zone);
            EndOf(Window, start, zone) > moment;
            start = StartOf(Slide, start.AddTicks(-1), zone)
        )
            starts.Add(start);
        return starts.Select(s => ((object?)s, (object?)EndOf(Window, s, zone)));
    }

    private static DateTime StartOf(string span, DateTime moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(moment, zone);
        return span switch
        {
            // Every zone used here is whole hours off.
            "hourly" or "PT1H" => Floor(moment, TimeSpan.FromHours(1)),
            "PT90M" => Floor(moment, TimeSpan.FromMinutes(90)),
            "daily" or "P1D" => Utc(local.Date, zone),
            "weekly" or "P1W" => Utc(local.Date.AddDays(-((int)local.DayOfWeek + 6) % 7), zone),
            "monthly" => Utc(new DateTime(local.Year, local.Month, 1), zone),
            "P3D" => Utc(local.Date.AddDays(-(int)(((long)(local.Date - DateTime.UnixEpoch).TotalDays % 3 + 3) % 3)), zone),
            _ => CronWalk.Back(span, zone, moment),
        };
    }

    private static DateTime EndOf(string span, DateTime start, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(start, zone);
        return span switch
        {
            "hourly" or "PT1H" => start.AddHours(1),
            "PT90M" => start.AddMinutes(90),
            "daily" or "P1D" => Utc(local.AddDays(1), zone),
            "weekly" or "P1W" => Utc(local.AddDays(7), zone),
            "monthly" => Utc(local.AddMonths(1), zone),
            "P3D" => Utc(local.AddDays(3), zone),
            _ => CronWalk.Forward(span, zone, start),
        };
    }

    private static DateTime Floor(DateTime moment, TimeSpan length)
    {
        var ticks = (moment - DateTime.UnixEpoch).Ticks;
        return moment.AddTicks(-((ticks % length.Ticks + length.Ticks) % length.Ticks));
    }

    /// <summary>A time of the zone's clock as a moment: one that is skipped, by the offset before; one that comes twice, the second.</summary>
    private static DateTime Utc(DateTime local, TimeZoneInfo zone)
    {
        var unzoned = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        return zone.IsInvalidTime(unzoned)
            ? DateTime.SpecifyKind(unzoned - zone.GetUtcOffset(unzoned.AddHours(-2)), DateTimeKind.Utc)
            : TimeZoneInfo.ConvertTimeToUtc(unzoned, zone);
    }
}
