using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

/// <summary>FF1 as Algorithm 7 of NIST SP 800-38G has it, one string at a time in whole numbers of any size: slow and plain.</summary>
internal static class ReferenceFf1
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static int[] Numerals(string text) => [.. text.Select(character => Alphabet.IndexOf(character))];

    public static int[] Encrypt(byte[] key, int radix, byte[] tweak, int[] numerals)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var (n, t) = (numerals.Length, tweak.Length);
        var u = n / 2;
        var v = n - u;
        var (a, b) = (Number(numerals[..u], radix), Number(numerals[u..], radix));
        var bytes = ((int)(BigInteger.Pow(radix, v) - 1).GetBitLength() + 7) / 8;
        var d = 4 * ((bytes + 3) / 4) + 4;
        var p = new byte[16];
        (p[0], p[1], p[2], p[6], p[7]) = (1, 2, 1, 10, (byte)u);
        (p[3], p[4], p[5]) = ((byte)(radix >> 16), (byte)(radix >> 8), (byte)radix);
        BinaryPrimitives.WriteInt32BigEndian(p.AsSpan(8), n);
        BinaryPrimitives.WriteInt32BigEndian(p.AsSpan(12), t);
        for (var i = 0; i < 10; i++)
        {
            var padding = new byte[(((-t - bytes - 1) % 16) + 16) % 16];
            byte[] q = [.. tweak, .. padding, (byte)i, .. BigEndian(b, bytes)];
            var r = aes.EncryptCbc(p.Concat(q).ToArray(), new byte[16], PaddingMode.None)[^16..];
            var s = r.ToList();
            for (var j = 1; s.Count < d; j++)
            {
                var block = r.ToArray();
                BinaryPrimitives.WriteInt32BigEndian(block.AsSpan(12), BinaryPrimitives.ReadInt32BigEndian(block.AsSpan(12)) ^ j);
                s.AddRange(aes.EncryptEcb(block, PaddingMode.None));
            }
            var y = new BigInteger(s.Take(d).ToArray(), isUnsigned: true, isBigEndian: true);
            var c = (a + y) % BigInteger.Pow(radix, i % 2 == 0 ? u : v);
            (a, b) = (b, c);
        }
        return [.. Split(a, radix, u), .. Split(b, radix, v)];
    }

    /// <summary>Puts numerals where a lane expects them.</summary>
    public static void Store(int[] numerals, Ff1Lane lane, Span<uint> halves)
    {
        Store(Number(numerals[..lane.FirstLength], lane.Radix), halves[..lane.HalfLimbs]);
        Store(Number(numerals[lane.FirstLength..], lane.Radix), halves[lane.HalfLimbs..]);
    }

    /// <summary>The numerals a lane holds.</summary>
    public static int[] Load(Ff1Lane lane, ReadOnlySpan<uint> halves) =>
        [
            .. Split(Load(halves[..lane.HalfLimbs]), lane.Radix, lane.FirstLength),
            .. Split(Load(halves.Slice(lane.HalfLimbs, lane.HalfLimbs)), lane.Radix, lane.SecondLength),
        ];

    public static void Store(BigInteger number, Span<uint> limbs)
    {
        for (var i = 0; i < limbs.Length; i++)
            limbs[i] = (uint)((number >> (32 * i)) & uint.MaxValue);
    }

    public static BigInteger Load(ReadOnlySpan<uint> limbs)
    {
        var number = BigInteger.Zero;
        for (var i = limbs.Length - 1; i >= 0; i--)
            number = (number << 32) | limbs[i];
        return number;
    }

    private static BigInteger Number(int[] numerals, int radix) =>
        numerals.Aggregate(BigInteger.Zero, (number, numeral) => number * radix + numeral);

    private static int[] Split(BigInteger number, int radix, int length)
    {
        var numerals = new int[length];
        for (var i = length - 1; i >= 0; i--, number /= radix)
            numerals[i] = (int)(number % radix);
        return numerals;
    }

    private static byte[] BigEndian(BigInteger number, int length)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[length - bytes.Length], .. bytes];
    }
}
