using System.Text.RegularExpressions;

namespace ServerlessHub.Streams.Polling;

/// <summary>The header <c>Link</c>, RFC 8288.</summary>
internal static partial class LinkHeader
{
    /// <summary>The target of the first link whose relation is <c>next</c>, as it is written there; null if there is none.</summary>
    public static string? Next(IEnumerable<string> values) =>
        values
            .SelectMany(value => Link().Matches(value))
            .FirstOrDefault(link => link.Groups["rel"].Value.Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase))
            ?.Groups["target"]
            .Value;

    // Section 3: <target>, then parameters, of which a value is a token or a quoted string.
    [GeneratedRegex(
        """<(?<target>[^>]*)>(?:\s*;\s*(?:rel\s*=\s*(?<rel>"[^"]*"|[^\s;,"]+)|[^\s;,=]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?))*""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Link();
}
