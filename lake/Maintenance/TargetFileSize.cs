using System.Globalization;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>How large the files of a table are to be.</summary>
internal static class TargetFileSize
{
    private const string Units = "BKMGT";

    /// <summary>The size that the property <c>delta.targetFileSize</c> names, such as <c>104857600</c> or <c>100mb</c>, in bytes.</summary>
    public static long Of(TableMetadata metadata) =>
        Parse(metadata.Property("delta.targetFileSize")) is > 0 and var size ? size : DataFileWriter.TargetFileSize;

    private static long? Parse(string? text)
    {
        if (text is null)
            return null;
        var number = text.TrimEnd([.. "bBkKmMgGtT "]);
        var unit = text[number.Length..].Trim().ToUpperInvariant() is { Length: > 0 } name
            ? Units.IndexOf(name[0], StringComparison.Ordinal)
            : 0;
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count << (10 * unit) : null;
    }
}
