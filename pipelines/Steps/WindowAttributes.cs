using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary>The attributes that divide rows into windows of time, and what they mean.</summary>
internal static class WindowAttributes
{
    private const int MaxOverlap = 1000;

    private static readonly Dictionary<string, CalendarUnit> Words = new()
    {
        ["hourly"] = CalendarUnit.Hour,
        ["daily"] = CalendarUnit.Day,
        ["weekly"] = CalendarUnit.Week,
        ["monthly"] = CalendarUnit.Month,
    };

    public static IReadOnlyList<AttributeSpec> Specs { get; } =
    [
        new(
            "window",
            AttributeKind.Text,
            "Divides the groups by time: `hourly`, `daily`, `weekly`, `monthly`, an ISO 8601 duration, or a cron expression."
        ),
        new(
            "timeColumn",
            AttributeKind.Text,
            "The date or timestamp that places a row in a window; may be left out where the source has only one."
        ),
        new(
            "slide",
            AttributeKind.Duration,
            "Makes windows overlap: how far apart they start. A row counts in every window that holds it."
        ),
    ];

    /// <summary>Reads them; reports what is wrong and returns false then. The window is null where there is none.</summary>
    public static bool TryRead(Element step, Dataset source, BindScope scope, string? defaultTime, out TimeWindow? window)
    {
        window = null;
        if (step["window"] is not { } text)
            return NeedsWindow(step, scope, "timeColumn") & NeedsWindow(step, scope, "slide");
        var span = Span(text, step, scope);
        var time = TimeColumn(step, source, scope, step["timeColumn"] ?? defaultTime);
        if (span is null || time is null)
            return false;
        var slide = step["slide"] is { } s && IsoDuration.TryParse(s, out var distance) ? OfDuration(distance) : null;
        window = new TimeWindow(time, span, slide, scope.TimeZone);
        return slide is null || Slides(step, scope, window);
    }

    private static bool NeedsWindow(Element step, BindScope scope, string attribute)
    {
        if (!step.Has(attribute))
            return true;
        scope.Findings.Add(
            Rule.ConflictingAttributes,
            step.LocationOf(attribute),
            $"{attribute} is given without a window",
            "add window=, such as window=\"daily\""
        );
        return false;
    }

    private static WindowSpan? Span(string text, Element step, BindScope scope)
    {
        if (Words.TryGetValue(text, out var unit))
            return new CalendarSpan(unit);
        if (IsoDuration.TryParse(text, out var duration))
            return OfDuration(duration);
        var (cron, reason) = CronExpression.Parse(text);
        if (cron is not null)
            return new CronSpan(cron.Text);
        var hint =
            text.Contains(' ') ? reason
            : text.StartsWith('P') ? "a duration has weeks, days, hours, minutes and seconds; for months say window=\"monthly\""
            : NearestName.Hint(text, Words.Keys)
                ?? $"it may be {string.Join(", ", Words.Keys)}, a duration such as PT15M, or a cron expression";
        scope.Findings.Add(Rule.BadValue, step.LocationOf("window"), $"window cannot be '{text}'", hint);
        return null;
    }

    /// <summary>Whole weeks and days follow the calendar; hours and less, the time that passes.</summary>
    private static WindowSpan OfDuration(TimeSpan duration) =>
        duration.Ticks % (7 * TimeSpan.TicksPerDay) == 0 ? new CalendarSpan(CalendarUnit.Week, duration.Days / 7)
        : duration.Ticks % TimeSpan.TicksPerDay == 0 ? new CalendarSpan(CalendarUnit.Day, duration.Days)
        : new ElapsedSpan(duration);

    private static Column? TimeColumn(Element step, Dataset source, BindScope scope, string? name)
    {
        if (name is not null)
        {
            var column = scope.Column(source, name, step.LocationOf("timeColumn"));
            if (column is null || IsTime(column))
                return column;
            scope.Findings.Add(
                Rule.TypeMismatch,
                step.LocationOf("timeColumn"),
                $"'{column.Name}' is {column.Type}, but a window goes by a date or a timestamp",
                $"convert it first: <derive …><column name=\"{column.Name}\" type=\"timestamp\">{column.Name}</column></derive>"
            );
            return null;
        }
        var candidates = source.Columns.Where(IsTime).ToArray();
        if (candidates.Length == 1)
            return candidates[0];
        var hint =
            candidates.Length == 0
                ? $"'{source.Name}' has no date or timestamp"
                : BindScope.Known("dates and timestamps", candidates.Select(c => c.Name));
        scope.Findings.Add(
            Rule.ConflictingAttributes,
            step.LocationOf("window"),
            "a window needs a timeColumn that places rows in it",
            hint
        );
        return null;
    }

    private static bool IsTime(Column column) =>
        column.Type.Kind
            is TypeKind.Date
                or TypeKind.Timestamp
                or TypeKind.TimestampTz
                or TypeKind.TimestampS
                or TypeKind.TimestampMs
                or TypeKind.TimestampNs;

    private static bool Slides(Element step, BindScope scope, TimeWindow window)
    {
        var (message, hint) =
            window.Span is CronSpan ? ("windows from one cron time to the next cannot slide", "use a duration, such as window=\"P1D\"")
            : window.HasGaps
                ? (
                    $"slide=\"{step["slide"]}\" is no shorter than the window, so rows between windows would be lost",
                    "make it shorter, or leave it out"
                )
            : window.Overlap > MaxOverlap
                ? (
                    $"each row would be in {window.Overlap} windows",
                    $"at most {MaxOverlap} may overlap; make slide longer or the window shorter"
                )
            : ("", "");
        if (message.Length > 0)
            scope.Findings.Add(Rule.BadValue, step.LocationOf("slide"), message, hint);
        return message.Length == 0;
    }
}
