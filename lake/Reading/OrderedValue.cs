using System.Globalization;
using System.Text;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>A value of a column whose order is the same in text and in the engine, for comparing with statistics.</summary>
internal readonly record struct OrderedValue : IComparable<OrderedValue>
{
    private readonly Int128 _number;
    private readonly byte[]? _text;

    private OrderedValue(Int128 number) => _number = number;

    private OrderedValue(byte[] text) => _text = text;

    /// <summary>Reads a value as the engine, the log's partition values or its statistics spell it.</summary>
    /// <returns>Null if there is none, if it cannot be read, or if the type's values have no such order (floating point, nested).</returns>
    public static OrderedValue? Parse(DeltaType type, string? value) =>
        value is null
            ? null
            : type switch
            {
                PrimitiveType { Name: "string" } => new OrderedValue(Encoding.UTF8.GetBytes(value)),
                PrimitiveType { Name: "long" or "integer" or "short" or "byte" } => Number(value, 0),
                DecimalType exact => Number(value, exact.Scale),
                PrimitiveType { Name: "date" } => Day(value),
                PrimitiveType { Name: "timestamp" or "timestamp_ntz" } => Moment(value),
                _ => null,
            };

    public int CompareTo(OrderedValue other) =>
        _text is not null && other._text is not null ? _text.AsSpan().SequenceCompareTo(other._text) : _number.CompareTo(other._number);

    public override string ToString() => _text is null ? _number.ToString(CultureInfo.InvariantCulture) : Encoding.UTF8.GetString(_text);

    /// <summary>A little more, by a millisecond: what a statistic of a timestamp may have lost.</summary>
    public OrderedValue NextMillisecond() => new(_number + TimeSpan.TicksPerMillisecond);

    private static OrderedValue? Number(string value, int scale)
    {
        if (value.Contains('e', StringComparison.OrdinalIgnoreCase))
            return null;
        var point = value.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : value.Length - point - 1;
        if (decimals > scale)
            return null;
        var digits = value.Replace(".", "", StringComparison.Ordinal) + new string('0', scale - decimals);
        return Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new OrderedValue(number)
            : null;
    }

    private static OrderedValue? Day(string value) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new OrderedValue(day.DayNumber)
            : null;

    private static OrderedValue? Moment(string value)
    {
        try
        {
            return new OrderedValue(PartitionValue.Instant(value).Ticks);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
