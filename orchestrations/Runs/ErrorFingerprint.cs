using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// What like failures have in common, as a short text: two runs that failed for one cause, on other days, files and rows, have the same. Scheme 1:
/// of the message, what is quoted, paths and addresses, ids of runs, GUIDs, hashes, dates, times and numbers become placeholders, then space is
/// evened and case dropped; the SHA-256 of the document, the error's class and that text, a line each, gives the first 16 hexadecimal digits, after
/// <c>1-</c>. Who changes the scheme counts its number up: fingerprints are kept with the history and in the rules of alerts.
/// </summary>
public static partial class ErrorFingerprint
{
    private const string Scheme = "1";

    /// <summary>The fingerprint of a failure.</summary>
    /// <param name="document">What failed, as <c>app/layer/id</c>; or a step of it.</param>
    /// <param name="kind">What kind of failure it is.</param>
    /// <param name="message">What happened.</param>
    public static string Of(string document, ErrorClass kind, string message)
    {
        var text = $"{document}\n{kind}\n{Normalise(message)}";
        return $"{Scheme}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8))}";
    }

    /// <summary>A message without what differs from one time to the next.</summary>
    public static string Normalise(string message)
    {
        var text = Quoted().Replace(message, "<text>");
        text = Place().Replace(text, "<path>");
        text = Id().Replace(text, "<id>");
        text = Time().Replace(text, "<time>");
        text = Number().Replace(text, "<n>");
        return Space().Replace(text, " ").Trim().ToLowerInvariant();
    }

    // An apostrophe within a word, as in "isn't", begins no quotation.
    [GeneratedRegex("""(?<!\w)'[^'\n]*'|"[^"\n]*"|`[^`\n]*`|“[^”\n]*”|«[^»\n]*»""", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(
        """[a-z][a-z0-9+.\-]*://[^\s,;)]+|(?<![\w<])(?:[a-z]:)?(?:[\w.\-=%*]*[/\\])+[\w.\-=%*]+|(?<![\w<])[\w\-]+\.(?:csv|json|jsonl|ndjson|parquet|avsc|xml|gz|zst|zip|txt)\b""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Place();

    [GeneratedRegex(
        """\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b\d{8}-\d{6}-[0-9a-f]{8}(?:\.[\w.\-]+)?|\b(?=[a-f]*\d)[0-9a-f]{16,}\b""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Id();

    [GeneratedRegex(
        """\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+\-]\d{2}:?\d{2})?)?|\b\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\b""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Time();

    [GeneratedRegex("""(?<![\w<])[+\-]?\d+(?:[.,:' ]\d+)*(?:e[+\-]?\d+)?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex("""\s+""")]
    private static partial Regex Space();
}
