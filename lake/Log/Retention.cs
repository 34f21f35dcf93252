using System.Globalization;

namespace ServerlessHub.Lake.Log;

/// <summary>How long something is kept, as a table's properties say.</summary>
internal static class Retention
{
    /// <summary>How long something is kept, by a property such as <c>interval 7 days</c>; null if it says nothing that we know.</summary>
    public static TimeSpan? Of(TableMetadata metadata, string property)
    {
        var words = metadata.Property(property)?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not { Length: 3 } || !double.TryParse(words[1], CultureInfo.InvariantCulture, out var count))
            return null;
        return words[2].TrimEnd('s').ToUpperInvariant() switch
        {
            "WEEK" => TimeSpan.FromDays(7 * count),
            "DAY" => TimeSpan.FromDays(count),
            "HOUR" => TimeSpan.FromHours(count),
            "MINUTE" => TimeSpan.FromMinutes(count),
            "SECOND" => TimeSpan.FromSeconds(count),
            _ => null,
        };
    }
}
