using System.Data.SqlTypes;
using System.Globalization;
using System.Text.RegularExpressions;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Parameters' values between text and .NET's types, in one form for the command line, defaults and <c>${name}</c>.</summary>
internal static partial class ParameterValue
{
    /// <summary>The types a parameter may have, for messages.</summary>
    public const string TypeNames = "string, boolean, int, long, float, double, decimal(p,s), date, timestamp or binary";

    /// <summary>Whether a parameter may be of this type.</summary>
    public static bool Takes(LogicalType type) =>
        type.Alias is null
        && type.Kind
            is TypeKind.Varchar
                or TypeKind.Boolean
                or TypeKind.Integer
                or TypeKind.BigInt
                or TypeKind.Float
                or TypeKind.Double
                or TypeKind.Decimal
                or TypeKind.Date
                or TypeKind.Timestamp
                or TypeKind.TimestampTz
                or TypeKind.Blob;

    /// <summary>The value of a text, or why it is none: what stands after "the parameter 'x' ".</summary>
    public static (object? Value, string? Reason) Parse(string text, LogicalType type)
    {
        var number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        object? value = type.Kind switch
        {
            TypeKind.Varchar => text,
            TypeKind.Boolean => text is "true" or "false" ? text == "true" : null,
            TypeKind.Integer => int.TryParse(text, NumberStyles.AllowLeadingSign, null, out var n) ? n : null,
            TypeKind.BigInt => long.TryParse(text, NumberStyles.AllowLeadingSign, null, out var n) ? n : null,
            TypeKind.Float => float.TryParse(text, number | NumberStyles.AllowExponent, null, out var n) && float.IsFinite(n) ? n : null,
            TypeKind.Double => double.TryParse(text, number | NumberStyles.AllowExponent, null, out var n) && double.IsFinite(n) ? n : null,
            TypeKind.Decimal => Decimal(text, type),
            TypeKind.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", out var d) ? d : null,
            TypeKind.TimestampTz => Moment(text),
            TypeKind.Timestamp => Moment(text) is { } m ? DateTime.SpecifyKind(m.UtcDateTime, DateTimeKind.Unspecified) : null,
            TypeKind.Blob => Base64(text),
            _ => throw new ArgumentOutOfRangeException(nameof(type), $"A parameter has no type {type}."),
        };
        return value is null ? (null, $"cannot be '{text}': it must be {Phrase(type)}") : (value, null);
    }

    /// <summary>The text of a value, which <see cref="Parse"/> reads back.</summary>
    public static string Write(object value) =>
        value switch
        {
            bool b => b ? "true" : "false",
            DateOnly d => $"{d:yyyy-MM-dd}",
            DateTimeOffset m => $"{m.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.FFFFFF}Z",
            DateTime m => $"{m:yyyy-MM-dd'T'HH:mm:ss.FFFFFF}",
            byte[] bytes => Convert.ToBase64String(bytes),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };

    private static string Phrase(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Boolean => "true or false",
            TypeKind.Integer => $"a whole number from {int.MinValue} to {int.MaxValue}",
            TypeKind.BigInt => $"a whole number from {long.MinValue} to {long.MaxValue}",
            TypeKind.Float or TypeKind.Double => "a number such as -1.5 or 2e10",
            TypeKind.Decimal => $"a number of at most {type.Width - type.Scale} digits before the point and {type.Scale} after it",
            TypeKind.Date => "a date such as 2026-01-31",
            TypeKind.Blob => "bytes in base64",
            _ => "a moment in ISO 8601, such as 2026-01-31T18:30:00Z",
        };

    private static object? Decimal(string text, LogicalType type)
    {
        if (Number().Match(text) is not { Success: true } m)
            return null;
        var whole = m.Groups[1].Value.TrimStart('0').Length;
        var fraction = m.Groups[2].Value.TrimEnd('0').Length;
        if (whole > type.Width - type.Scale || fraction > type.Scale)
            return null;
        return whole + fraction <= 28 ? (object)decimal.Parse(text, CultureInfo.InvariantCulture) : SqlDecimal.Parse(text);
    }

    private static DateTimeOffset? Moment(string text) =>
        ValueForm.Check(AttributeKind.Timestamp, [], "", text) is null
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : null;

    private static byte[]? Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    [GeneratedRegex(@"^[+-]?(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?\z")]
    private static partial Regex Number();
}
