namespace ServerlessHub.Pipelines.Masking;

/// <summary>One numeral string on its way through <see cref="Ff1"/>: which domain it is of, and where its two halves are.</summary>
/// <param name="Radix">How many numerals there are: 2 for a string of bits of any length, else one whose halves <see cref="Fits"/> a word.</param>
/// <param name="Length">How many numerals the string has, n in the standard; at least 2.</param>
/// <param name="Start">Where the first half starts among the limbs; the second follows it, and each has <see cref="HalfLimbs"/>.</param>
/// <param name="TweakStart">Where its tweak starts among the tweaks.</param>
/// <param name="TweakLength">How many bytes the tweak has.</param>
internal readonly record struct Ff1Lane(int Radix, int Length, int Start, int TweakStart, int TweakLength)
{
    /// <summary>How many numerals the first half has, u in the standard.</summary>
    public int FirstLength => Length / 2;

    /// <summary>How many numerals the second half has, v in the standard.</summary>
    public int SecondLength => Length - FirstLength;

    /// <summary>How many limbs a half takes.</summary>
    public int HalfLimbs => Radix == 2 ? (SecondLength + 31) / 32 : 2;

    /// <summary>Whether a half of a string is a number of at most 63 bits.</summary>
    public static bool Fits(int radix, int length)
    {
        UInt128 power = 1;
        for (var i = 0; i < length - length / 2 && power <= 1UL << 63; i++)
            power *= (uint)radix;
        return power <= 1UL << 63;
    }

    /// <summary>How many numbers so many numerals of this lane can write; for a radix whose halves fit only.</summary>
    public ulong Power(int numerals)
    {
        var power = 1UL;
        for (var i = 0; i < numerals; i++)
            power *= (uint)Radix;
        return power;
    }
}
