using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning.Operators;

/// <summary>A length of time by which windows follow each other.</summary>
public abstract record WindowSpan;

/// <summary>Time that passes, aligned to 1970-01-01T00:00Z: hours, minutes and seconds, the same in every zone.</summary>
/// <param name="Length">The length, above zero.</param>
public sealed record ElapsedSpan(TimeSpan Length) : WindowSpan;

/// <summary>Units of the calendar, on the clock of the windows' time zone.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Count">How many; more than one only of days, which are counted from 1970-01-01, and weeks, which are from Monday, 1970-01-05.</param>
public sealed record CalendarSpan(CalendarUnit Unit, int Count = 1) : WindowSpan;

/// <summary>From one time at which a cron expression fires to the next, on the clock of the windows' time zone.</summary>
/// <param name="Expression">The expression, of five fields.</param>
public sealed record CronSpan(string Expression) : WindowSpan;

/// <summary>A unit of the calendar.</summary>
public enum CalendarUnit
{
    /// <summary>From one full hour of the zone's clock to the next.</summary>
    Hour,

    /// <summary>From midnight to midnight: 23 to 25 hours where the clock is changed.</summary>
    Day,

    /// <summary>From Monday.</summary>
    Week,

    /// <summary>From the first of the month.</summary>
    Month,
}

/// <summary>Windows of time that rows are grouped by: each from its start up to, but without, its end.</summary>
/// <param name="Time">The column that places a row: a date, which counts as its midnight in the zone, or a timestamp.</param>
/// <param name="Span">How long a window is.</param>
/// <param name="Slide">How far apart the starts of windows are that overlap, a row being in each that holds it; null where one follows the other.</param>
/// <param name="TimeZone">The time zone whose clock they follow, by its IANA name.</param>
public sealed record TimeWindow(Column Time, WindowSpan Span, WindowSpan? Slide, string TimeZone)
{
    /// <summary>The most windows that hold one moment: 1 unless they slide.</summary>
    public int Overlap => Slide is null ? 1 : (int)Math.Ceiling(Longest(Span) / Shortest(Slide));

    /// <summary>Whether there may be time between one window and the next, in which rows would be lost.</summary>
    public bool HasGaps => Slide is not null && Least(Span) <= Least(Slide);

    /// <summary>The nominal length of the shortest window.</summary>
    private static TimeSpan Least(WindowSpan span) =>
        span switch
        {
            ElapsedSpan e => e.Length,
            CalendarSpan { Unit: CalendarUnit.Hour } => TimeSpan.FromHours(1),
            CalendarSpan { Unit: CalendarUnit.Month } => TimeSpan.FromDays(28),
            CalendarSpan c => TimeSpan.FromDays(c.Count * Days(c.Unit)),
            _ => throw new NotSupportedException("Windows from one cron time to the next do not slide."),
        };

    private static TimeSpan Longest(WindowSpan span) =>
        span switch
        {
            ElapsedSpan e => e.Length,
            CalendarSpan { Unit: CalendarUnit.Hour } => TimeSpan.FromHours(1),
            CalendarSpan c => TimeSpan.FromDays(c.Count * Days(c.Unit)) + ClockChange,
            _ => throw new NotSupportedException("Windows from one cron time to the next do not slide."),
        };

    private static TimeSpan Shortest(WindowSpan slide) =>
        slide switch
        {
            ElapsedSpan e => e.Length,
            CalendarSpan c => TimeSpan.FromDays(c.Count * Days(c.Unit)) - ClockChange,
            _ => throw new NotSupportedException("Windows do not slide by cron times."),
        };

    // No zone's clock is changed by more at a time, but where one crossed the date line.
    private static TimeSpan ClockChange => TimeSpan.FromHours(2);

    private static int Days(CalendarUnit unit) =>
        unit switch
        {
            CalendarUnit.Day => 1,
            CalendarUnit.Week => 7,
            CalendarUnit.Month => 31,
            _ => throw new NotSupportedException("An hour is no number of days."),
        };
}
