using System.Data.SqlTypes;

namespace ServerlessHub.Engine;

/// <summary>Decimals between DuckDB's whole numbers and .NET's types.</summary>
internal static class DecimalValue
{
    private const int MaxScale = 28;

    private static readonly Int128[] Powers = MakePowers();

    // The largest whole number that System.Decimal holds: 96 bits.
    private static readonly Int128 MaxDecimal = ((Int128)1 << 96) - 1;

    /// <summary>10 to the power of <paramref name="exponent"/>, 0 to 38.</summary>
    public static Int128 Power(int exponent) => Powers[exponent];

    /// <summary>A decimal, or, where it has more than 28 digits, a <see cref="SqlDecimal"/>.</summary>
    public static object ToObject(Int128 unscaled, LogicalType type) =>
        TryScale(unscaled, type.Scale, out var value)
            ? (object)value
            : new SqlDecimal(type.Width, type.Scale, unscaled >= 0, Words(Int128.Abs(unscaled)));

    public static decimal Scale(Int128 unscaled, LogicalType type) =>
        TryScale(unscaled, type.Scale, out var value)
            ? value
            : throw new OverflowException($"A {type} of {unscaled} without its point has too many digits for System.Decimal.");

    public static Int128 Unscale(decimal value, int width, int scale)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var whole = ((Int128)(uint)parts[2] << 64) | ((Int128)(uint)parts[1] << 32) | (uint)parts[0];
        return Rescale(value < 0 ? -whole : whole, (parts[3] >> 16) & 0xFF, width, scale);
    }

    public static Int128 Unscale(SqlDecimal value, int width, int scale)
    {
        var parts = value.Data;
        var whole = ((Int128)(uint)parts[3] << 96) | ((Int128)(uint)parts[2] << 64) | ((Int128)(uint)parts[1] << 32) | (uint)parts[0];
        return Rescale(value.IsPositive ? whole : -whole, value.Scale, width, scale);
    }

    private static Int128 Rescale(Int128 whole, int from, int width, int to)
    {
        if (from > to)
        {
            var (quotient, rest) = Int128.DivRem(whole, Powers[from - to]);
            whole = rest == 0 ? quotient : throw Unfit(width, to);
        }
        else if (from < to)
        {
            whole = Int128.Abs(whole) <= Int128.MaxValue / Powers[to - from] ? whole * Powers[to - from] : throw Unfit(width, to);
        }
        return Int128.Abs(whole) < Powers[width] ? whole : throw Unfit(width, to);
    }

    // The value itself may be a secret; the message goes without it.
    private static OverflowException Unfit(int width, int scale) =>
        new($"A number does not fit into DECIMAL({width},{scale}) without losing digits.");

    private static bool TryScale(Int128 unscaled, int scale, out decimal value)
    {
        var whole = Int128.Abs(unscaled);
        // Digits beyond what System.Decimal can place are often zeros.
        while (scale > MaxScale && whole % 10 == 0)
        {
            whole /= 10;
            scale--;
        }
        if (scale > MaxScale || whole > MaxDecimal)
        {
            value = 0;
            return false;
        }
        value = new decimal((int)(uint)whole, (int)(uint)(whole >> 32), (int)(uint)(whole >> 64), unscaled < 0, (byte)scale);
        return true;
    }

    private static int[] Words(Int128 whole) =>
        [(int)(uint)whole, (int)(uint)(whole >> 32), (int)(uint)(whole >> 64), (int)(uint)(whole >> 96)];

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
