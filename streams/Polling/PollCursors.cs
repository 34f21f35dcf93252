using System.Globalization;
using System.Text;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Polling;

/// <summary>The order of what is carried from poll to poll.</summary>
internal static class PollCursors
{
    /// <summary>The higher one of two: numbers by their value, moments in ISO 8601 by their time, all else by code points. Null is the lowest.</summary>
    public static string? Higher(string? a, string? b)
    {
        if (a is null || b is null)
            return a ?? b;
        return Compare(a, b) >= 0 ? a : b;
    }

    private static int Compare(string a, string b)
    {
        if (Number(a) is { } left && Number(b) is { } right)
            return left.CompareTo(right);
        if (Moment(a) is { } earlier && Moment(b) is { } later)
            return earlier.CompareTo(later);
        return string.CompareOrdinal(a, b);
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Moment(string text) =>
        IsoMoment.Is(Encoding.UTF8.GetBytes(text))
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : null;
}
