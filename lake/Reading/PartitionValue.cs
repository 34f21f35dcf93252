using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>Partition values as the log spells them ("partition value serialization"), and as SQL.</summary>
internal static partial class PartitionValue
{
    /// <summary>The last is of a column that was one of days, as long as its files are not written anew.</summary>
    private static readonly string[] TimestampFormats = ["yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", "yyyy-MM-dd"];
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>Whether a table can be partitioned by a column of the type, as far as we write it.</summary>
    public static bool CanPartition(DeltaType type) => type is DecimalType or PrimitiveType { Name: not ("binary" or "void") };

    /// <summary>The spelling of the log for a value that the engine wrote as text; null for null, and for the empty text.</summary>
    /// <exception cref="FormatException">There is none that all readers take for the same.</exception>
    public static string? FromEngine(DeltaType type, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : type is PrimitiveType { Name: "date" or "timestamp" or "timestamp_ntz" } && OrderedValue.Parse(type, text) is null
            ? throw new FormatException($"'{text}' does not lie in the years from 1 to 9999, which the log can spell")
        : type == DeltaType.Timestamp ? Instant(text).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
        : type == DeltaType.Float || type == DeltaType.Double ? Floating(text)
        : text;

    /// <summary>One spelling for each value, since the protocol allows several; an unreadable value is its own.</summary>
    public static string? Normalize(DeltaType type, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        if (type == DeltaType.Float || type == DeltaType.Double)
            return double.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number.ToString("R") : value;
        if (type == DeltaType.Boolean)
            return value.ToUpperInvariant();
        return type == DeltaType.String ? value : OrderedValue.Parse(type, value)?.ToString() ?? value;
    }

    /// <summary>The value as SQL, in the column's type.</summary>
    /// <exception cref="FormatException">It is no value of the type.</exception>
    public static string ToSql(DeltaType type, string? value)
    {
        var engineType = TypeMapping.ToEngine(type);
        if (string.IsNullOrEmpty(value))
            return $"CAST(NULL AS {engineType})";
        return type switch
        {
            PrimitiveType { Name: "string" } => Text(value),
            PrimitiveType { Name: "binary" } => Sql.Literal(Encoding.UTF8.GetBytes(value)),
            PrimitiveType { Name: "timestamp" } => Sql.Literal(new DateTimeOffset(Instant(value))),
            PrimitiveType { Name: "timestamp_ntz" } => Sql.Literal(DateTime.SpecifyKind(Instant(value), DateTimeKind.Unspecified)),
            DecimalType exact when OrderedValue.Parse(type, value) is { } number =>
                $"CAST({Sql.Literal(Plain(number, exact))} AS {engineType})",
            _ when IsWellFormed(type, value) => $"CAST({Sql.Literal(value.TrimStart('+'))} AS {engineType})",
            _ => throw new FormatException($"'{value}' is no {engineType}"),
        };
    }

    /// <summary>The engine takes a number with an exponent for a floating one.</summary>
    private static string Plain(OrderedValue number, DecimalType type)
    {
        var text = number.ToString();
        var digits = text.TrimStart('-').PadLeft(type.Scale + 1, '0');
        return $"{(text[0] == '-' ? "-" : "")}{digits[..^type.Scale]}.{digits[^type.Scale..]}";
    }

    private static bool IsWellFormed(DeltaType type, string value) =>
        type switch
        {
            PrimitiveType { Name: "boolean" } => bool.TryParse(value, out _),
            PrimitiveType { Name: "float" or "double" } => double.TryParse(value, CultureInfo.InvariantCulture, out _),
            PrimitiveType { Name: "date" } => Date().IsMatch(value),
            _ => OrderedValue.Parse(type, value) is not null,
        };

    /// <summary>Reads an instant; one without a zone is taken as UTC.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DateTime Instant(string text)
    {
        if (DateTime.TryParseExact(text, TimestampFormats, CultureInfo.InvariantCulture, Utc, out var plain))
            return plain;
        var zoned = text.EndsWith('Z') ? text[..^1] + "+00:00" : text;
        return DateTimeOffset.TryParseExact(
            zoned,
            ["yyyy-MM-dd HH:mm:ss.FFFFFFz", "yyyy-MM-dd HH:mm:ss.FFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz"],
            CultureInfo.InvariantCulture,
            Utc,
            out var instant
        )
            ? instant.UtcDateTime
            : throw new FormatException($"'{text}' is no timestamp");
    }

    private static string Floating(string text) =>
        text switch
        {
            "nan" or "-nan" => "NaN",
            "inf" => "Infinity",
            "-inf" => "-Infinity",
            _ => text,
        };

    /// <summary>SQL text holds no NUL, so a text that does is put together.</summary>
    private static string Text(string value) => string.Join(" || chr(0) || ", value.Split('\0').Select(Sql.Literal));

    [GeneratedRegex(@"^[+-]?\d{4,}-\d\d?-\d\d?$", RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
