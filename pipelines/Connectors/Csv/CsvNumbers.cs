using System.Globalization;
using System.Numerics;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>A whole number, or a decimal one whose places are all zeros. What a type cannot hold exactly is no value of it.</summary>
internal readonly struct CsvInteger<T> : ICsvValue<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    // So many digits surely fit.
    private static readonly int SafeDigits = T.MaxValue.ToString(null, CultureInfo.InvariantCulture).Length - 1;

    public bool TryRead(ReadOnlySpan<byte> text, out T value)
    {
        value = T.Zero;
        var negative = text[0] == '-' && T.IsNegative(T.MinValue);
        var digits = text[(negative || text[0] == '+' ? 1 : 0)..];
        if (digits.Length == 0 || digits.Length > SafeDigits)
            return CsvExactNumber.TryRead(text, 0, out var exact) && TryNarrow(exact, out value);
        var ten = T.CreateTruncating(10);
        foreach (var b in digits)
        {
            var digit = (byte)(b - '0');
            if (digit > 9)
                return CsvExactNumber.TryRead(text, 0, out var exact) && TryNarrow(exact, out value);
            value = (value * ten) + T.CreateTruncating(digit);
        }
        if (negative)
            value = T.Zero - value;
        return true;
    }

    private static bool TryNarrow(Int128 exact, out T value)
    {
        value = T.CreateTruncating(exact);
        return Int128.CreateTruncating(value) == exact && T.IsNegative(value) == Int128.IsNegative(exact);
    }
}

/// <summary>A decimal number with no more digits, before and behind the point, than its type has.</summary>
internal readonly struct CsvDecimal<T> : ICsvValue<T>
    where T : unmanaged, IBinaryInteger<T>
{
    private readonly int scale;
    private readonly Int128 limit;

    /// <summary>A reader for a decimal type.</summary>
    public CsvDecimal(LogicalType type)
    {
        scale = type.Scale;
        limit = CsvExactNumber.Power(type.Width);
    }

    public bool TryRead(ReadOnlySpan<byte> text, out T value)
    {
        var fits = CsvExactNumber.TryRead(text, scale, out var exact) && exact < limit && exact > -limit;
        value = T.CreateTruncating(exact);
        return fits;
    }
}

/// <summary>A floating point number; <c>nan</c> and <c>infinity</c> are some, a number beyond the type's range is none.</summary>
internal readonly struct CsvFloat<T> : ICsvValue<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public bool TryRead(ReadOnlySpan<byte> text, out T value)
    {
        if (typeof(T) == typeof(double) && CsvShortNumber.TryRead(text, out var number))
        {
            value = T.CreateTruncating(number);
            return true;
        }
        var last = text[^1];
        if (last is >= (byte)'0' and <= (byte)'9' or (byte)'.')
            return T.TryParse(text, Styles, CultureInfo.InvariantCulture, out value) && T.IsFinite(value);
        var unsigned = text[0] is (byte)'+' or (byte)'-' ? text[1..] : text;
        value =
            Is(unsigned, "nan"u8) ? T.NaN
            : Is(unsigned, "inf"u8) || Is(unsigned, "infinity"u8) ? (text[0] == '-' ? T.NegativeInfinity : T.PositiveInfinity)
            : T.Zero;
        return !T.IsFinite(value);
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => System.Text.Ascii.EqualsIgnoreCase(text, word);
}

/// <summary>
/// Reads numbers as short as most are. Their digits as a whole number, and the power of ten that it is to be divided by, are doubles without
/// an error, so that the one division is all that rounds.
/// </summary>
internal static class CsvShortNumber
{
    private const int MaxLength = 16;
    private const ulong MaxExact = 1UL << 53;
    private static readonly double[] Powers = [.. Enumerable.Range(0, MaxLength).Select(n => Math.Pow(10, n))];

    /// <summary>Reads <c>[+-]digits[.digits]</c>; false also for a number that is too long for this way.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var first = text[0] is (byte)'+' or (byte)'-' ? 1 : 0;
        if (text.Length - first > MaxLength)
            return false;
        ulong whole = 0;
        var point = text.Length;
        for (var i = first; i < text.Length; i++)
        {
            var digit = (byte)(text[i] - '0');
            if (digit <= 9)
                whole = (whole * 10) + digit;
            else if (text[i] == '.' && point == text.Length)
                point = i;
            else
                return false;
        }
        var places = Math.Max(0, text.Length - point - 1);
        if (whole > MaxExact || (point - first) + places == 0)
            return false;
        value = whole / Powers[places];
        if (text[0] == '-')
            value = -value;
        return true;
    }
}

/// <summary>A truth: <c>true</c>, <c>t</c>, <c>yes</c>, <c>y</c>, <c>1</c>, and their opposites, in any case.</summary>
internal readonly struct CsvBoolean : ICsvValue<bool>
{
    public bool TryRead(ReadOnlySpan<byte> text, out bool value)
    {
        value = Is(text, "true"u8) || Is(text, "t"u8) || Is(text, "1"u8) || Is(text, "yes"u8) || Is(text, "y"u8);
        return value || Is(text, "false"u8) || Is(text, "f"u8) || Is(text, "0"u8) || Is(text, "no"u8) || Is(text, "n"u8);
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => System.Text.Ascii.EqualsIgnoreCase(text, word);
}

/// <summary>A UUID in its usual form, with or without hyphens.</summary>
internal readonly struct CsvUuid : ICsvValue<Int128>
{
    public bool TryRead(ReadOnlySpan<byte> text, out Int128 value)
    {
        value = 0;
        if (!Guid.TryParse(text, CultureInfo.InvariantCulture, out var id))
            return false;
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        // The engine turns the highest bit, so that values sort as texts do.
        value = System.Buffers.Binary.BinaryPrimitives.ReadInt128BigEndian(bytes) ^ Int128.MinValue;
        return true;
    }
}

/// <summary>Reads numbers in decimal notation without losing a digit.</summary>
internal static class CsvExactNumber
{
    private const int MaxDigits = 38;
    private const int MaxExponent = 10_000;
    private const int SafeDigits = 18;
    private static readonly ulong[] SmallPowers = [.. Enumerable.Range(0, SafeDigits + 1).Select(n => (ulong)Math.Pow(10, n))];
    private static readonly Int128[] Powers =
    [
        .. Enumerable.Range(0, MaxDigits + 1).Select(n => Int128.CreateChecked(BigInteger.Pow(10, n))),
    ];

    /// <summary>10 to the power of a number from 0 to 38.</summary>
    public static Int128 Power(int exponent) => Powers[exponent];

    /// <summary>Reads <c>[+-]digits[.digits][e[+-]digits]</c> as a whole number of units of 10 to the power of minus scale.</summary>
    /// <returns>False when it is no number, needs a smaller unit, or has more than 38 digits.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, int scale, out Int128 units)
    {
        units = 0;
        var i = text[0] is (byte)'+' or (byte)'-' ? 1 : 0;
        var (digits, places, seen) = (0, 0, 0);
        var point = false;
        // Most numbers fit 64 bits, which are counted with much faster.
        ulong small = 0;
        for (; i < text.Length; i++)
        {
            var digit = (byte)(text[i] - '0');
            if (digit <= 9)
            {
                seen++;
                places += point ? 1 : 0;
                if (digit == 0 && digits == 0)
                    continue;
                if (++digits > MaxDigits)
                    return false;
                if (digits <= SafeDigits)
                    small = (small * 10) + digit;
                else
                    units = ((digits == SafeDigits + 1 ? small : units) * 10) + digit;
            }
            else if (text[i] == '.' && !point)
                point = true;
            else
                break;
        }
        if (seen == 0 || !TryReadExponent(text[i..], out var exponent))
            return false;
        var by = scale - places + exponent;
        var isSmall = digits <= SafeDigits && by >= 0 && digits + by <= SafeDigits;
        if (isSmall)
            units = small * SmallPowers[by];
        else if (digits <= SafeDigits)
            units = small;
        if (text[0] == '-')
            units = -units;
        return isSmall || TryShift(ref units, by);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty)
            return true;
        return text[0] is (byte)'e' or (byte)'E'
            && text.Length > 1
            && int.TryParse(text[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && Math.Abs(exponent) <= MaxExponent;
    }

    private static bool TryShift(ref Int128 units, int by)
    {
        if (by == 0 || units == 0)
            return true;
        if (Math.Abs(by) > MaxDigits)
            return false;
        if (by < 0)
        {
            var (quotient, remainder) = Int128.DivRem(units, Powers[-by]);
            units = quotient;
            return remainder == 0;
        }
        if (Int128.Abs(units) > Powers[MaxDigits] / Powers[by])
            return false;
        units *= Powers[by];
        return true;
    }
}
