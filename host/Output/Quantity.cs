using System.Globalization;

namespace ServerlessHub.Host.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    /// <summary>A whole number with its thousands apart: <c>1 234 567</c>; <c>–</c> where it is not known.</summary>
    public static string Count(long? count) => count is { } c ? c.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ') : "–";

    /// <summary>A number of bytes: <c>0 B</c>, <c>1.5 kB</c>, <c>23 MB</c>; <c>–</c> where it is not known.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } b)
            return "–";
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        var value = (double)b;
        var unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++)
            value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{Significant(value, unit)} {units[unit]}");
    }

    /// <summary>A duration: <c>120 ms</c>, <c>4.5 s</c>, <c>2 min 5 s</c>, <c>1 h 20 min</c>.</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalMilliseconds switch
        {
            < 999.5 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
            < 59_950 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
            < 3_600_000 => $"{(int)time.TotalMinutes} min {time.Seconds} s",
            _ => $"{(int)time.TotalHours} h {time.Minutes} min",
        };

    /// <summary>A count and its noun: <c>1 file</c>, <c>3 files</c>, <c>4 batches</c>.</summary>
    public static string Of(long count, string noun) =>
        $"{Count(count)} {noun}{(count == 1 ? "" : noun.EndsWith("ch", StringComparison.Ordinal) ? "es" : "s")}";

    /// <summary>A measured number: six significant digits, large ones whole with their thousands apart. Only what would take more than 20 digits has an exponent.</summary>
    public static string Number(double? number)
    {
        if (number is not { } n)
            return "–";
        var size = Math.Abs(n);
        if (size is not (0 or (>= 1e-14 and < 1e20)))
            return n.ToString("G6", CultureInfo.InvariantCulture);
        var digits = size is 0 or >= 100_000 ? 0 : 5 - (int)Math.Floor(Math.Log10(size));
        return n.ToString("#,0." + new string('#', digits), CultureInfo.InvariantCulture).Replace(',', ' ');
    }

    private static string Significant(double value, int unit) =>
        value.ToString(
            unit == 0 || value >= 99.5 ? "0"
                : value >= 9.95 ? "0.#"
                : "0.##",
            CultureInfo.InvariantCulture
        );
}
