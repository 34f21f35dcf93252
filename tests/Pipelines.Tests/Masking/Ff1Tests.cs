using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public class Ff1Tests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private sealed record Text(int Radix, byte[] Tweak, int[] Numerals);

    private static Gen<Text> Texts(int radix, int longest) =>
        from length in Gen.Choose(2, longest)
        from numerals in Gen.Choose(0, radix - 1).ArrayOf(length)
        from tweakLength in Gen.Choose(0, 40)
        from tweak in Gen.Choose(0, 255).ArrayOf(tweakLength)
        select new Text(radix, [.. tweak.Select(value => (byte)value)], numerals);

    [Fact]
    public void Many_strings_in_step_give_what_the_standard_gives_for_each()
    {
        // 300 bits make halves for which S needs more than the 16 bytes that one block gives.
        var any = Gen.OneOf(Texts(2, 300), Texts(10, 36), Texts(26, 26), Texts(20902, 8));
        Prop.ForAll(
                any.ArrayOf().ToArbitrary(),
                texts =>
                {
                    var (lanes, tweaks, limbs) = Lay(texts);
                    var before = limbs.ToArray();
                    using var ff1 = new Ff1(Key);
                    ff1.Run(lanes, tweaks, limbs, decrypt: false);
                    var right = texts
                        .Zip(lanes)
                        .All(pair =>
                            ReferenceFf1
                                .Encrypt(Key, pair.First.Radix, pair.First.Tweak, pair.First.Numerals)
                                .SequenceEqual(ReferenceFf1.Load(pair.Second, limbs.AsSpan(pair.Second.Start)))
                        );
                    ff1.Run(lanes, tweaks, limbs, decrypt: true);
                    return right && limbs.SequenceEqual(before);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static (Ff1Lane[] Lanes, byte[] Tweaks, uint[] Limbs) Lay(Text[] texts)
    {
        var (start, tweak) = (0, 0);
        var lanes = new Ff1Lane[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            lanes[i] = new Ff1Lane(texts[i].Radix, texts[i].Numerals.Length, start, tweak, texts[i].Tweak.Length);
            start += 2 * lanes[i].HalfLimbs;
            tweak += texts[i].Tweak.Length;
        }
        var limbs = new uint[start];
        for (var i = 0; i < texts.Length; i++)
            ReferenceFf1.Store(texts[i].Numerals, lanes[i], limbs.AsSpan(lanes[i].Start));
        return (lanes, [.. texts.SelectMany(text => text.Tweak)], limbs);
    }

    [Fact]
    public void Numbers_of_limbs_are_as_whole_numbers_are()
    {
        var numbers = Gen.Choose(0, 5).SelectMany(length => Gen.Choose(int.MinValue, int.MaxValue).ArrayOf(length));
        Prop.ForAll(
                numbers.ToArbitrary(),
                Gen.Choose(1, int.MaxValue).ToArbitrary(),
                Gen.Choose(0, 160).ToArbitrary(),
                (words, factor, bits) =>
                {
                    var x = words.Select(word => (uint)word).ToArray();
                    var number = ReferenceFf1.Load(x);
                    var size = BigInteger.One << (32 * x.Length);
                    var modulus = BigInteger.Min(size, BigInteger.One << bits);
                    Check(number.GetBitLength(), Limbs.BitLength(x));
                    Check((number * factor + 7) % size, Changed(x, copy => Limbs.MultiplyAdd(copy, (uint)factor, 7)));
                    Check(number / factor, Changed(x, copy => Check(number % factor, Limbs.Divide(copy, (uint)factor))));
                    Check(number % modulus, Changed(x, copy => Limbs.Truncate(copy, bits)));
                    Check(number * 2 % modulus, Changed(x, copy => Limbs.Add(copy, x, bits)));
                    Check(BigInteger.Zero, Changed(x, copy => Limbs.Subtract(copy, x, bits)));
                    var (high, low) = (new uint[x.Length + 1], new uint[x.Length + 1]);
                    Limbs.Split(x, bits, high, low);
                    Check(number >> bits, ReferenceFf1.Load(high));
                    Check(number & ((BigInteger.One << bits) - 1), ReferenceFf1.Load(low));
                    Check(number, Changed(x, copy => Limbs.Join(high, low, bits, copy)));
                    var more = Changed(x, copy => Limbs.MultiplyAdd(copy, 1, 1));
                    Check(more > number ? 1 : 0, Limbs.IsGreater(Words(more, x.Length), x) ? 1 : 0);
                    Check(0, Limbs.IsGreater(x, x) ? 1 : 0);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static BigInteger Changed(uint[] x, Action<uint[]> change)
    {
        var copy = x.ToArray();
        change(copy);
        return ReferenceFf1.Load(copy);
    }

    private static uint[] Words(BigInteger number, int length)
    {
        var words = new uint[length];
        ReferenceFf1.Store(number, words);
        return words;
    }

    private static void Check(BigInteger expected, BigInteger actual) => Assert.Equal(expected, actual);
}
