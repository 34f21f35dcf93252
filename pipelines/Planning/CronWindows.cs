using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// Finds the window from one time at which a cron expression fires to the next, for whole vectors: the times of a day are computed once and then
/// searched. Safe for use by several threads at once.
/// </summary>
public sealed class CronWindows
{
    private const long Day = 86_400_000_000;

    private static readonly long Earliest = Micros(new DateTime(2, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    private static readonly long Latest = Micros(new DateTime(9998, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    private readonly CronTimes times;
    private readonly ConcurrentDictionary<long, long[]> days = new();

    /// <summary>The windows of an expression on the clock of a zone.</summary>
    /// <exception cref="ArgumentException">The expression does not parse.</exception>
    public CronWindows(string expression, string timeZone)
    {
        var (cron, reason) = CronExpression.Parse(expression);
        times = new CronTimes(
            cron ?? throw new ArgumentException($"'{expression}' is no cron expression: {reason}", nameof(expression)),
            TimeZoneInfo.FindSystemTimeZoneById(timeZone)
        );
    }

    /// <summary>What SQL calls the function that gives the start of a moment's window.</summary>
    public static string StartFunction(CronSpan span, string timeZone) => $"hub_cron_start_{Tag(span, timeZone)}";

    /// <summary>What SQL calls the function that gives the end of a moment's window.</summary>
    public static string EndFunction(CronSpan span, string timeZone) => $"hub_cron_end_{Tag(span, timeZone)}";

    /// <summary>The functions that the cron windows of a pipeline need, to be made known to the engine before its statements run.</summary>
    public static IEnumerable<ScalarFunction> FunctionsOf(BoundPipeline pipeline)
    {
        var windows = pipeline.Datasets.Select(d => d.Operator).OfType<Aggregate>().Select(a => a.Window).OfType<TimeWindow>();
        foreach (var (span, zone) in windows.Where(w => w.Span is CronSpan).Select(w => ((CronSpan)w.Span, w.TimeZone)).Distinct())
        {
            var cron = new CronWindows(span.Expression, zone);
            yield return Function(StartFunction(span, zone), cron.StartOf);
            yield return Function(EndFunction(span, zone), cron.EndOf);
        }
    }

    /// <summary>The start of the window that holds a moment, both in microseconds since 1970-01-01T00:00Z; null outside the years 2 to 9997.</summary>
    public long? StartOf(long moment)
    {
        if (moment < Earliest || moment >= Latest)
            return null;
        var starts = StartsUntilEndOf(DayOf(moment));
        var index = Array.BinarySearch(starts, moment);
        index = index < 0 ? ~index - 1 : index;
        return index < 0 ? null : starts[index];
    }

    /// <summary>The end of the window that holds a moment, as <see cref="StartOf"/>.</summary>
    public long? EndOf(long moment)
    {
        if (moment < Earliest || moment >= Latest)
            return null;
        var starts = StartsUntilEndOf(DayOf(moment));
        var index = Array.BinarySearch(starts, moment);
        index = index < 0 ? ~index : index + 1;
        return index < starts.Length ? starts[index]
            : times.After(DateTime.UnixEpoch.AddMicroseconds(moment)) is { } end ? Micros(end)
            : null;
    }

    /// <summary>The last time before a day of UTC begins, and all within it.</summary>
    private long[] StartsUntilEndOf(long day)
    {
        return days.GetOrAdd(day, Compute);

        long[] Compute(long number)
        {
            var begin = DateTime.UnixEpoch.AddDays(number);
            var starts = new List<long>();
            if (times.AtOrBefore(begin) is { } earlier)
                starts.Add(Micros(earlier));
            // A zone's day overlaps with those of UTC on both sides.
            for (var offset = -1; offset <= 1; offset++)
                starts.AddRange(
                    times.On(DateOnly.FromDateTime(begin).AddDays(offset)).Where(t => t > begin && t < begin.AddDays(1)).Select(Micros)
                );
            return [.. starts];
        }
    }

    private static ScalarFunction Function(string name, Func<long, long?> compute) =>
        new(
            name,
            [LogicalType.TimestampTz],
            LogicalType.TimestampTz,
            (input, output) =>
            {
                var moments = input.Column(0).Span<long>();
                var results = output.Span<long>();
                for (var row = 0; row < input.Length; row++)
                    if (output.IsNull(row))
                        continue;
                    else if (compute(moments[row]) is { } result)
                        results[row] = result;
                    else
                        output.SetNull(row);
            }
        );

    private static string Tag(CronSpan span, string timeZone) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{span.Expression}\n{timeZone}")).AsSpan(0, 4));

    private static long DayOf(long moment) => (long)Math.Floor((double)moment / Day);

    private static long Micros(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
