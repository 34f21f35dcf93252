using System.Globalization;
using System.Text;

namespace ServerlessHub.Engine;

/// <summary>Names and values as text that SQL reads back unchanged. What can be bound should be bound instead.</summary>
public static class Sql
{
    /// <summary>A name in double quotes.</summary>
    /// <exception cref="ArgumentException">It holds a NUL character, which SQL text cannot.</exception>
    public static string Identifier(string name) => $"\"{Checked(name).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text in single quotes.</summary>
    /// <exception cref="ArgumentException">It holds a NUL character, which SQL text cannot.</exception>
    public static string Literal(string text) => $"'{Checked(text).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>
    /// A value as a literal of the same type: null, bool, the integers, Int128, float, double, decimal, text, DateOnly, TimeOnly, DateTime
    /// (of kind UTC: TIMESTAMPTZ, otherwise TIMESTAMP), DateTimeOffset, Guid and bytes.
    /// </summary>
    /// <exception cref="ArgumentException">A value of another type, or a text with a NUL character.</exception>
    public static string Literal(object? value) =>
        value switch
        {
            null => "NULL",
            string text => Literal(text),
            bool truth => truth ? "true" : "false",
            sbyte or byte or short or ushort or int or uint or long or ulong or Int128 or UInt128 or decimal => string.Create(
                CultureInfo.InvariantCulture,
                $"{value}"
            ),
            double number => string.Create(CultureInfo.InvariantCulture, $"'{number:R}'::DOUBLE"),
            float number => string.Create(CultureInfo.InvariantCulture, $"'{number:R}'::FLOAT"),
            DateOnly date => string.Create(CultureInfo.InvariantCulture, $"DATE '{date:yyyy-MM-dd}'"),
            TimeOnly time => string.Create(CultureInfo.InvariantCulture, $"TIME '{time:HH:mm:ss.ffffff}'"),
            DateTime { Kind: DateTimeKind.Utc } instant => Instant(instant),
            DateTime time => string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{time:yyyy-MM-dd HH:mm:ss.ffffff}'"),
            DateTimeOffset instant => Instant(instant.UtcDateTime),
            Guid id => $"UUID '{id}'",
            byte[] bytes => Blob(bytes),
            _ => throw new ArgumentException($"A {value.GetType().Name} has no SQL literal; bind it instead.", nameof(value)),
        };

    private static string Instant(DateTime utc) =>
        string.Create(CultureInfo.InvariantCulture, $"TIMESTAMPTZ '{utc:yyyy-MM-dd HH:mm:ss.ffffff}+00'");

    private static string Blob(byte[] bytes)
    {
        var text = new StringBuilder("BLOB '", (bytes.Length * 4) + 7);
        foreach (var b in bytes)
            text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        return text.Append('\'').ToString();
    }

    private static string Checked(string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("SQL text cannot hold a NUL character; bind the value instead.", nameof(text))
            : text;
}
