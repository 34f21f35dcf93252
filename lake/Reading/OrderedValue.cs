using System.Globalization;
using System.Text;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>A value of a column whose order is the same in text and in the engine, for comparing with statistics.</summary>
internal readonly record struct OrderedValue : IComparable<OrderedValue>
{
    /// <summary>As many of a number as a floating one keeps, less those that rounding twice takes.</summary>
    private const int DoubleBits = 50;

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

    /// <summary>A little less, or more: what a number may have lost that was a floating one in between.</summary>
    public OrderedValue Loosened(bool upwards)
    {
        var lost = (Int128.Abs(_number) >> DoubleBits) + 1;
        return new(upwards ? _number + lost : _number - lost);
    }

    /// <summary>Reads a number as so many of its smallest units. Java writes some with an exponent: a zero with decimals is <c>0E-18</c>.</summary>
    private static OrderedValue? Number(string value, int scale)
    {
        var mark = value.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (mark >= 0 && !int.TryParse(value.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return null;
        var mantissa = mark < 0 ? value : value[..mark];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        if (!Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return null;
        var places = (long)scale + exponent - (point < 0 ? 0 : mantissa.Length - point - 1);
        for (; places > 0 && number != 0; places--)
        {
            if (Int128.Abs(number) > Int128.MaxValue / 10)
                return null;
            number *= 10;
        }
        for (; places < 0 && number != 0; places++)
        {
            if (number % 10 != 0)
                return null;
            number /= 10;
        }
        return new OrderedValue(number);
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
