using System.Numerics;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>A row of symbols as one number, in which each place counts as far as its class has members, the first place most.</summary>
internal static class MixedRadix
{
    /// <summary>How many limbs the number of such a row needs at most.</summary>
    public static int LimbCount(ReadOnlySpan<byte> kinds)
    {
        var bits = 0;
        foreach (var kind in kinds)
            bits += 32 - BitOperations.LeadingZeroCount((uint)Alphabets.Radix(kind) - 1);
        return (bits + 31) / 32;
    }

    /// <summary>The highest number of such a row.</summary>
    public static void Maximum(ReadOnlySpan<byte> kinds, Span<uint> number) => Rank(kinds, [], number);

    /// <summary>The number of a row; of the highest one, if no places are given.</summary>
    public static void Rank(ReadOnlySpan<byte> kinds, ReadOnlySpan<int> digits, Span<uint> number)
    {
        number.Clear();
        for (var i = 0; i < kinds.Length; )
        {
            // As many places as a limb holds go in at once.
            var (factor, addend) = (1UL, 0UL);
            for (; i < kinds.Length && factor * (uint)Alphabets.Radix(kinds[i]) <= uint.MaxValue; i++)
            {
                var radix = (uint)Alphabets.Radix(kinds[i]);
                factor *= radix;
                addend = addend * radix + (digits.IsEmpty ? radix - 1 : (uint)digits[i]);
            }
            Limbs.MultiplyAdd(number, (uint)factor, (uint)addend);
        }
    }

    /// <summary>The row of a number, which is used up.</summary>
    public static void Unrank(Span<uint> number, ReadOnlySpan<byte> kinds, Span<int> digits)
    {
        for (var end = kinds.Length; end > 0; )
        {
            var start = end;
            var factor = 1UL;
            while (start > 0 && factor * (uint)Alphabets.Radix(kinds[start - 1]) <= uint.MaxValue)
                factor *= (uint)Alphabets.Radix(kinds[--start]);
            var rest = Limbs.Divide(number, (uint)factor);
            while (end > start)
            {
                var radix = (uint)Alphabets.Radix(kinds[--end]);
                (rest, var digit) = uint.DivRem(rest, radix);
                digits[end] = (int)digit;
            }
        }
    }
}
