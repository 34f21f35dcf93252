using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>Avro's defaults as texts that the engine casts: a date is a number of days there, a decimal a string of bytes.</summary>
internal static class AvroDefault
{
    /// <summary>The text of a default; null for null, and for one that is wrong, which is reported.</summary>
    /// <param name="value">The default.</param>
    /// <param name="declared">The type as the schema has it.</param>
    /// <param name="type">The type it means.</param>
    /// <param name="isNullable">Whether null will do.</param>
    /// <param name="findings">Where findings go.</param>
    public static string? Read(JsonValue value, JsonValue declared, LogicalType type, bool isNullable, Diagnostics findings)
    {
        if (value.Kind == JsonValueKind.Null && isNullable)
            return null;
        try
        {
            if (Text(value, declared, type) is { } text)
                return SchemaColumns.Checked(text, type, value.Location, findings);
        }
        catch (ArgumentOutOfRangeException)
        {
            // A moment beyond the calendar: reported below, as any other value that the type cannot hold.
        }
        findings.Add(Rule.BadSchema, value.Location, $"the default {value.Described} is no value of the type {type}", Hint(value, type));
        return null;
    }

    private static string? Text(JsonValue value, JsonValue declared, LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Boolean when value.Kind is JsonValueKind.True or JsonValueKind.False => value.Text,
            TypeKind.Integer or TypeKind.BigInt or TypeKind.Float or TypeKind.Double when value.Kind == JsonValueKind.Number => value.Text,
            TypeKind.Varchar or TypeKind.Uuid when value.IsText() => value.Text,
            TypeKind.Date when Number(value) is { } days => $"{DateTime.UnixEpoch.AddDays(days):yyyy-MM-dd}",
            TypeKind.Time when Number(value) is { } n => $"{DateTime.UnixEpoch.AddTicks(n * TicksPer(declared)):HH:mm:ss.ffffff}",
            TypeKind.Timestamp when Number(value) is { } n =>
                $"{DateTime.UnixEpoch.AddTicks(n * TicksPer(declared)):yyyy-MM-dd HH:mm:ss.ffffff}",
            TypeKind.TimestampTz when Number(value) is { } n =>
                $"{DateTime.UnixEpoch.AddTicks(n * TicksPer(declared)):yyyy-MM-dd HH:mm:ss.ffffff}Z",
            TypeKind.Decimal when value.IsText() && !LooksLikeNumber(value) => Decimal(value.Text, type.Scale),
            TypeKind.Blob when value.IsText() => SchemaColumns.BlobText(Encoding.Latin1.GetBytes(value.Text)),
            _ => SchemaColumns.Empty(value, type),
        };

    private static string? Hint(JsonValue value, LogicalType type) =>
        value.Kind == JsonValueKind.Null ? "make the type [\"null\", …], or give another default"
        : type.Kind == TypeKind.Decimal
            ? "Avro writes a decimal as the bytes of its digits: 0 is \"\\u0000\"; or write the schema as JSON Schema"
        : type.Kind == TypeKind.Date ? "Avro writes a date as days since 1970-01-01"
        : type.Kind is TypeKind.Timestamp or TypeKind.TimestampTz ? "Avro writes a moment as a number since 1970-01-01, in the type's unit"
        : null;

    // Bytes that spell a number are what someone wrote who did not know how Avro does it.
    private static bool LooksLikeNumber(JsonValue value) => decimal.TryParse(value.Text, CultureInfo.InvariantCulture, out _);

    private static long? Number(JsonValue value) =>
        value.Kind == JsonValueKind.Number && long.TryParse(value.Text, CultureInfo.InvariantCulture, out var n) && Math.Abs(n) < 1L << 58
            ? n
            : null;

    private static long TicksPer(JsonValue declared)
    {
        var type = declared.Kind == JsonValueKind.Array ? declared.Items.First(i => !i.IsText("null")) : declared;
        return type["logicalType"]!.Text.EndsWith("millis", StringComparison.Ordinal)
            ? TimeSpan.TicksPerMillisecond
            : TimeSpan.TicksPerMicrosecond;
    }

    // Two's complement, the first byte the highest, a character each.
    private static string Decimal(string bytes, int scale)
    {
        var unscaled = new BigInteger(Encoding.Latin1.GetBytes(bytes), isBigEndian: true);
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var point = digits.Length - scale;
        return (unscaled.Sign < 0 ? "-" : "") + digits[..point] + (scale > 0 ? "." + digits[point..] : "");
    }
}
