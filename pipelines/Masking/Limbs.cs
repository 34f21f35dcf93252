using System.Buffers.Binary;
using System.Numerics;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>Arithmetic on whole numbers of any size, kept as 32-bit limbs, the least significant first, in spans: BigInteger would allocate for
/// each value. No number here changes its number of limbs; what overflows is dropped.</summary>
internal static class Limbs
{
    /// <summary>x = x * factor + addend.</summary>
    public static void MultiplyAdd(Span<uint> x, uint factor, uint addend)
    {
        ulong carry = addend;
        for (var i = 0; i < x.Length; i++)
        {
            carry += (ulong)x[i] * factor;
            x[i] = (uint)carry;
            carry >>= 32;
        }
    }

    /// <summary>x = x / divisor, giving back the remainder.</summary>
    public static uint Divide(Span<uint> x, uint divisor)
    {
        ulong remainder = 0;
        for (var i = x.Length - 1; i >= 0; i--)
        {
            var part = (remainder << 32) | x[i];
            var quotient = part / divisor;
            x[i] = (uint)quotient;
            remainder = part - quotient * divisor;
        }
        return (uint)remainder;
    }

    /// <summary>x = (x + y) mod 2^bits.</summary>
    public static void Add(Span<uint> x, ReadOnlySpan<uint> y, int bits)
    {
        ulong carry = 0;
        for (var i = 0; i < x.Length; i++)
        {
            carry += (ulong)x[i] + y[i];
            x[i] = (uint)carry;
            carry >>= 32;
        }
        Truncate(x, bits);
    }

    /// <summary>x = (x - y) mod 2^bits.</summary>
    public static void Subtract(Span<uint> x, ReadOnlySpan<uint> y, int bits)
    {
        long borrow = 0;
        for (var i = 0; i < x.Length; i++)
        {
            borrow += (long)x[i] - y[i];
            x[i] = (uint)borrow;
            borrow >>= 32;
        }
        Truncate(x, bits);
    }

    /// <summary>x = x mod 2^bits.</summary>
    public static void Truncate(Span<uint> x, int bits)
    {
        var whole = bits / 32;
        if (whole >= x.Length)
            return;
        x[whole] &= (uint)((1UL << (bits % 32)) - 1);
        x[(whole + 1)..].Clear();
    }

    /// <summary>The number of bits up to the highest one that is set.</summary>
    public static int BitLength(ReadOnlySpan<uint> x)
    {
        var top = x.LastIndexOfAnyExcept(0u);
        return top < 0 ? 0 : top * 32 + 32 - BitOperations.LeadingZeroCount(x[top]);
    }

    /// <summary>Whether x is greater than y; both have the same number of limbs.</summary>
    public static bool IsGreater(ReadOnlySpan<uint> x, ReadOnlySpan<uint> y)
    {
        for (var i = x.Length - 1; i >= 0; i--)
        {
            if (x[i] != y[i])
                return x[i] > y[i];
        }
        return false;
    }

    /// <summary>high = x / 2^bits, low = x mod 2^bits.</summary>
    public static void Split(ReadOnlySpan<uint> x, int bits, Span<uint> high, Span<uint> low)
    {
        x[..Math.Min(x.Length, low.Length)].CopyTo(low);
        Truncate(low, bits);
        var (whole, part) = (bits / 32, bits % 32);
        for (var i = 0; i < high.Length; i++)
        {
            var lower = i + whole < x.Length ? x[i + whole] : 0;
            var upper = i + whole + 1 < x.Length ? x[i + whole + 1] : 0;
            high[i] = (uint)((((ulong)upper << 32) | lower) >> part);
        }
    }

    /// <summary>x = high * 2^bits + low, where low has no more bits than that.</summary>
    public static void Join(ReadOnlySpan<uint> high, ReadOnlySpan<uint> low, int bits, Span<uint> x)
    {
        x.Clear();
        low[..Math.Min(low.Length, x.Length)].CopyTo(x);
        var (whole, part) = (bits / 32, bits % 32);
        for (var i = 0; i < high.Length; i++)
        {
            var shifted = (ulong)high[i] << part;
            if (i + whole < x.Length)
                x[i + whole] |= (uint)shifted;
            if (i + whole + 1 < x.Length)
                x[i + whole + 1] |= (uint)(shifted >> 32);
        }
    }

    /// <summary>Writes x as a big-endian number that fills the bytes.</summary>
    public static void Write(ReadOnlySpan<uint> x, Span<byte> bytes)
    {
        for (int end = bytes.Length, i = 0; end > 0; end -= 4, i++)
        {
            if (end >= 4)
                BinaryPrimitives.WriteUInt32BigEndian(bytes[(end - 4)..], x[i]);
            else
                for (var k = 0; k < end; k++)
                    bytes[end - 1 - k] = (byte)(x[i] >> (8 * k));
        }
    }

    /// <summary>Reads the end of a big-endian number, as many limbs as x has; the bytes are at least as many.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, Span<uint> x)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[^(4 * i + 4)..]);
    }
}
