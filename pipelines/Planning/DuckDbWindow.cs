using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// Writes windows of time in DuckDB's SQL. Moments are computed on as whole microseconds, and the calendar's on the clock of the zone; the engine's
/// time zone functions are slow, so they are left out in UTC.
/// </summary>
internal sealed class DuckDbWindow(TimeWindow window)
{
    private const string Hidden = "__hub_window";
    private const string Back = "__hub_back";
    private const long Day = 86_400_000_000;
    private const long Hour = 3_600_000_000;

    // Monday, 1970-01-05.
    private const long FirstMonday = 4 * Day;

    private readonly bool inUtc = window.TimeZone is "UTC" or "Etc/UTC";
    private readonly WindowSpan step = window.Slide ?? window.Span;

    /// <summary>The hidden column with the start of a row's window.</summary>
    public static string Start => Hidden;

    /// <summary>A FROM term with each row of another and its window's start; where windows overlap, a row comes once for each.</summary>
    public string From(string from)
    {
        var moment = Moment();
        if (window.Overlap == 1)
            return $"(SELECT *, {StartOf(moment)} AS {Hidden} FROM {from})";
        var every = $"SELECT *, unnest(range({window.Overlap})) AS {Back} FROM {from}";
        var placed = $"SELECT *, {StartOf(moment, Back)} AS {Hidden} FROM ({every})";
        return $"(SELECT * FROM ({placed}) WHERE {End(Hidden)} > {moment} OR ({moment} IS NULL AND {Back} = 0))";
    }

    /// <summary>The end of the window that starts at a moment.</summary>
    public string End(string start) =>
        window.Span switch
        {
            ElapsedSpan e => Instant($"epoch_us({start}) + {Micros(e)}"),
            CalendarSpan { Unit: CalendarUnit.Hour } => Instant($"epoch_us({start}) + {Hour}"),
            CalendarSpan { Unit: CalendarUnit.Month } => FromLocal($"{Local(start)} + INTERVAL 1 MONTH"),
            CalendarSpan c => FromLocal($"{Local(start)} + INTERVAL {c.Count * (c.Unit == CalendarUnit.Week ? 7 : 1)} DAY"),
            CronSpan c => $"{CronWindows.EndFunction(c, window.TimeZone)}({start})",
            _ => throw new NotSupportedException($"The dialect has no form for {window.Span.GetType().Name}."),
        };

    /// <summary>The time column as a moment.</summary>
    public string Moment()
    {
        var column = Sql.Identifier(window.Time.Name);
        return window.Time.Type.Kind switch
        {
            TypeKind.TimestampTz => column,
            TypeKind.Date => FromLocal($"CAST({column} AS TIMESTAMP)"),
            _ => Instant($"epoch_us(CAST({column} AS TIMESTAMP))"),
        };
    }

    /// <summary>The start of the window that holds a moment; where they overlap, so many before the last of them.</summary>
    private string StartOf(string moment, string back = "0") =>
        step switch
        {
            ElapsedSpan e => Instant(Floor($"epoch_us({moment})", Micros(e), 0, back)),
            // The hour that comes twice when a clock is put back is two hours: so it is found from what has passed of the clock's hour.
            CalendarSpan { Unit: CalendarUnit.Hour } => Instant($"epoch_us({moment}) - {Modulo($"epoch_us({Local(moment)})", Hour)}"),
            CalendarSpan { Unit: CalendarUnit.Month } => FromLocal($"date_trunc('month', {Local(moment)})"),
            CalendarSpan { Unit: CalendarUnit.Week } c => FromLocal(
                $"make_timestamp({Floor($"epoch_us({Local(moment)})", c.Count * 7 * Day, FirstMonday, back)})"
            ),
            CalendarSpan c => FromLocal($"make_timestamp({Floor($"epoch_us({Local(moment)})", c.Count * Day, 0, back)})"),
            CronSpan c => $"{CronWindows.StartFunction(c, window.TimeZone)}({moment})",
            _ => throw new NotSupportedException($"The dialect has no form for {step.GetType().Name}."),
        };

    private static string Floor(string micros, long length, long origin, string back)
    {
        var floor = $"{micros} - {Modulo(origin == 0 ? micros : $"({micros} - {origin})", length)}";
        return back == "0" ? floor : $"{floor} - {back} * {length}";
    }

    // The remainder of a time before 1970 is negative in SQL.
    private static string Modulo(string micros, long length) => $"(({micros} % {length}) + {length}) % {length}";

    private static long Micros(ElapsedSpan span) => span.Length.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Instant(string micros) => $"make_timestamptz({micros})";

    private string Local(string moment) =>
        inUtc ? $"make_timestamp(epoch_us({moment}))" : $"timezone({Sql.Literal(window.TimeZone)}, {moment})";

    private string FromLocal(string timestamp) =>
        inUtc ? Instant($"epoch_us({timestamp})") : $"timezone({Sql.Literal(window.TimeZone)}, {timestamp})";
}
