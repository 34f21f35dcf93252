using System.Numerics;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>
/// A cron expression of five fields: minute, hour, day of month, month, day of week. A field is <c>*</c>, a number, a name (<c>JAN</c>,
/// <c>MON</c>), a range, a list, or any of them with a step (<c>*/15</c>). Sunday is 0 and 7. Where both days are restricted, either may match.
/// </summary>
public sealed class CronExpression
{
    private static readonly (string Name, int Least, int Most, string[] Names)[] Fields =
    [
        ("minute", 0, 59, []),
        ("hour", 0, 23, []),
        ("day of month", 1, 31, []),
        ("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        ("day of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    // A leap year's: a day that is there every fourth year is there.
    private static readonly int[] MonthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    private CronExpression(string text, ulong[] sets)
    {
        Text = text;
        Minutes = sets[0];
        Hours = sets[1];
        DaysOfMonth = sets[2];
        Months = sets[3];
        DaysOfWeek = (sets[4] | sets[4] >> 7) & 0x7F;
    }

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>The minutes at which it fires, one bit each from 0.</summary>
    public ulong Minutes { get; }

    /// <summary>The hours, one bit each from 0.</summary>
    public ulong Hours { get; }

    /// <summary>The days of the month, one bit each; bit 0 is not used.</summary>
    public ulong DaysOfMonth { get; }

    /// <summary>The months, one bit each; bit 0 is not used.</summary>
    public ulong Months { get; }

    /// <summary>The days of the week, one bit each from Sunday, which is bit 0.</summary>
    public ulong DaysOfWeek { get; }

    /// <summary>Whether the day of month is restricted.</summary>
    public bool RestrictsDayOfMonth => BitOperations.PopCount(DaysOfMonth) < 31;

    /// <summary>Whether the day of week is restricted.</summary>
    public bool RestrictsDayOfWeek => BitOperations.PopCount(DaysOfWeek) < 7;

    /// <summary>Parses an expression; when it is wrong, the result is null and the reason says which field and why.</summary>
    public static (CronExpression? Cron, string? Reason) Parse(string text)
    {
        var parts = text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Fields.Length)
            return (null, $"a cron expression has five fields (minute, hour, day of month, month, day of week), not {parts.Length}");
        var sets = new ulong[Fields.Length];
        for (var i = 0; i < parts.Length; i++)
            if (ParseField(parts[i], i, out sets[i]) is { } reason)
                return (null, reason);
        var cron = new CronExpression(text, sets);
        return cron.EverFires ? (cron, null) : (null, "none of the months has such a day, so it would never fire");
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool EverFires =>
        RestrictsDayOfWeek
        || Enumerable.Range(1, 12).Any(m => (Months >> m & 1) != 0 && BitOperations.TrailingZeroCount(DaysOfMonth) <= MonthLengths[m - 1]);

    private static string? ParseField(string field, int index, out ulong set)
    {
        set = 0;
        var (name, least, most, _) = Fields[index];
        foreach (var item in field.Split(','))
        {
            var (range, step) = item.Split('/') switch
            {
                [var r] => (r, 1),
                [var r, var s] when int.TryParse(s, out var n) && n > 0 => (r, n),
                _ => ("", 0),
            };
            if (Range(range, index, hasStep: item.Contains('/')) is not var (from, to))
                return $"'{item}' is no {name} ({least} to {most}, as a number, a range, a list, '*' or a step such as */5)";
            if (from > to)
                return $"the {name} range '{range}' runs backwards";
            for (var i = from; i <= to; i += step)
                set |= 1UL << i;
        }
        return null;
    }

    private static (int From, int To)? Range(string range, int index, bool hasStep)
    {
        var (_, least, most, _) = Fields[index];
        if (range == "*")
            return (least, index == 4 ? 6 : most);
        return range.Split('-') switch
        {
            [var one] when Number(one, index) is { } n => (n, hasStep ? most : n),
            [var first, var last] when Number(first, index) is { } f && Number(last, index) is { } l => (f, l),
            _ => null,
        };
    }

    private static int? Number(string text, int index)
    {
        var (_, least, most, names) = Fields[index];
        var named = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (named >= 0)
            return named + least;
        return text.Length is 1 or 2 && text.All(char.IsAsciiDigit) && int.Parse(text) is var n && n >= least && n <= most ? n : null;
    }
}
