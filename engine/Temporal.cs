namespace ServerlessHub.Engine;

/// <summary>Dates and times between DuckDB's counts since 1970-01-01 and .NET's types.</summary>
public static class Temporal
{
    private const long EpochTicks = 621_355_968_000_000_000;
    private const int EpochDays = 719_162;

    /// <summary>The date so many days after 1970-01-01.</summary>
    /// <exception cref="OverflowException">It is infinite, or outside the years 1 to 9999.</exception>
    public static DateOnly ToDate(int days)
    {
        var number = (long)days + EpochDays;
        return number >= 0 && number <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber((int)number)
            : throw new OverflowException("A date is infinite, or outside the years 1 to 9999.");
    }

    /// <summary>Days since 1970-01-01.</summary>
    public static int ToDays(DateOnly date) => date.DayNumber - EpochDays;

    /// <summary>The time so many microseconds after 1970-01-01.</summary>
    /// <param name="micros">Microseconds.</param>
    /// <param name="kind">UTC for an instant, unspecified for a time without zone.</param>
    /// <exception cref="OverflowException">It is infinite, or outside the years 1 to 9999.</exception>
    public static DateTime ToDateTime(long micros, DateTimeKind kind = DateTimeKind.Unspecified) =>
        FromTicks((Int128)micros * TimeSpan.TicksPerMicrosecond, kind);

    /// <summary>Microseconds since 1970-01-01; a local time is taken to UTC first, parts of a microsecond are cut off.</summary>
    public static long ToMicros(DateTime time) =>
        Floor((time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).Ticks - EpochTicks, TimeSpan.TicksPerMicrosecond);

    /// <summary>Microseconds since 1970-01-01 UTC; parts of a microsecond are cut off.</summary>
    public static long ToMicros(DateTimeOffset instant) => ToMicros(instant.UtcDateTime);

    /// <summary>The time of day so many microseconds after midnight.</summary>
    /// <exception cref="OverflowException">It is 24:00, which .NET cannot hold.</exception>
    public static TimeOnly ToTime(long micros) =>
        micros >= 0 && micros < TimeSpan.MicrosecondsPerDay
            ? new TimeOnly(micros * TimeSpan.TicksPerMicrosecond)
            : throw new OverflowException("A time of day is from 00:00 to before 24:00.");

    /// <summary>Microseconds since midnight.</summary>
    public static long ToMicros(TimeOnly time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Microseconds since midnight.</summary>
    /// <exception cref="OverflowException">It is negative, or more than 24 hours.</exception>
    public static long ToMicros(TimeSpan time) =>
        time >= TimeSpan.Zero && time <= TimeSpan.FromDays(1)
            ? time.Ticks / TimeSpan.TicksPerMicrosecond
            : throw new OverflowException("A time of day is from 00:00 to 24:00.");

    internal static DateTime FromTicks(Int128 sinceEpoch, DateTimeKind kind)
    {
        var ticks = sinceEpoch + EpochTicks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTime((long)ticks, kind)
            : throw new OverflowException("A timestamp is infinite, or outside the years 1 to 9999.");
    }

    internal static long Floor(long value, long unit) => value >= 0 ? value / unit : (value - unit + 1) / unit;
}
