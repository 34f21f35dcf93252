using System.Text;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>
/// The parts of a run's time in a target's path, in UTC: <c>%Y</c> year, <c>%m</c> month, <c>%d</c> day, <c>%j</c> day of the year, <c>%H</c> hour,
/// <c>%M</c> minute, <c>%S</c> second; <c>%%</c> is a percent sign.
/// </summary>
public static class RunTimeFormat
{
    /// <summary>What is wrong with a text, and at which character; null when nothing is.</summary>
    public static (int Offset, string Reason)? Check(string text)
    {
        for (var i = text.IndexOf('%'); i >= 0; i = i + 2 <= text.Length ? text.IndexOf('%', i + 2) : -1)
            if (i + 1 == text.Length || Part(text[i + 1], default) is null)
                return (
                    i,
                    $"'{text.AsSpan(i, Math.Min(2, text.Length - i))}' is no part of a time: there are %Y %m %d %j %H %M %S, and %% for a percent sign"
                );
        return null;
    }

    /// <summary>The text with the parts of a time in their places; what is no part stays as it is.</summary>
    public static string Expand(string text, DateTimeOffset time)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var utc = time.UtcDateTime;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '%' && i + 1 < text.Length && Part(text[i + 1], utc) is { } part)
            {
                result.Append(part);
                i++;
            }
            else
                result.Append(text[i]);
        return result.ToString();
    }

    private static string? Part(char letter, DateTime utc) =>
        letter switch
        {
            'Y' => $"{utc:yyyy}",
            'm' => $"{utc:MM}",
            'd' => $"{utc:dd}",
            'j' => $"{utc.DayOfYear:000}",
            'H' => $"{utc:HH}",
            'M' => $"{utc:mm}",
            'S' => $"{utc:ss}",
            '%' => "%",
            _ => null,
        };
}
