using System.Text.RegularExpressions;
using System.Xml;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>ISO 8601 durations of a fixed length: weeks, days, hours, minutes and seconds. A month or a year has none, so they are not taken.</summary>
public static partial class IsoDuration
{
    private const string Seconds = @"[0-9]{1,6}(\.[0-9]{1,6})?S";
    private const string Minutes = $"[0-9]{{1,6}}M({Seconds})?";
    private const string Time = $"T([0-9]{{1,6}}H({Minutes}|{Seconds})?|{Minutes}|{Seconds})";

    /// <summary>The form, as a regular expression that XSD understands too.</summary>
    internal const string Pattern = $"P([0-9]{{1,5}}W|[0-9]{{1,6}}D({Time})?|{Time})";

    /// <summary>Parses a duration above zero, such as <c>PT2H</c>, <c>P1DT12H</c> or <c>P2W</c>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (!Form().IsMatch(text))
            return false;
        duration = text.EndsWith('W') ? TimeSpan.FromDays(7 * int.Parse(text[1..^1])) : XmlConvert.ToTimeSpan(text);
        return duration > TimeSpan.Zero;
    }

    [GeneratedRegex($"^(?:{Pattern})$(?!\n)")]
    private static partial Regex Form();
}
