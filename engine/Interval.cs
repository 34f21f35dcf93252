using System.Runtime.InteropServices;

namespace ServerlessHub.Engine;

/// <summary>A span of time whose months and days have no fixed length.</summary>
/// <param name="Months">Whole months.</param>
/// <param name="Days">Whole days.</param>
/// <param name="Micros">Microseconds.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Interval(int Months, int Days, long Micros)
{
    /// <summary>The interval of a time span: its days, and the rest in microseconds; parts of a microsecond are cut off.</summary>
    public static explicit operator Interval(TimeSpan span) =>
        new(0, span.Days, (span.Ticks - (span.Days * TimeSpan.TicksPerDay)) / TimeSpan.TicksPerMicrosecond);
}
