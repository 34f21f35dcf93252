using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessHub.Host;

/// <summary>Sizes as people type them.</summary>
internal static partial class ByteSize
{
    /// <summary>The bytes that a text means: <c>2GB</c>, <c>512 MiB</c>, <c>1000000</c>.</summary>
    /// <exception cref="CommandException">It is no size.</exception>
    public static long Parse(string text)
    {
        var match = Form().Match(text.Trim());
        var unit = match.Groups["unit"].Value.ToUpperInvariant();
        if (
            !match.Success
            || !double.TryParse(match.Groups["number"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        )
            throw CommandException.Usage($"'{text}' is no size", "write 2GB, 512MB or 512MiB");
        var kilo = unit.Contains('I', StringComparison.Ordinal) ? 1024.0 : 1000.0;
        var bytes = number * Math.Pow(kilo, "BKMGT".IndexOf(unit.Length == 0 ? 'B' : unit[0], StringComparison.Ordinal));
        return bytes is >= 1 and < long.MaxValue ? (long)bytes : throw CommandException.Usage($"'{text}' is no size that memory has");
    }

    [GeneratedRegex(@"^(?<number>\d+(\.\d+)?) ?(?<unit>B|[KMGT]i?B?)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
