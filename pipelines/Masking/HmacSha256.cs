using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>HMAC-SHA256 (RFC 2104, FIPS 180-4) of eight messages side by side, a lane of a 256-bit vector each. The platform's own takes one at a
/// time, and on short values nearly all of its time is the way there and back: this is several times faster.</summary>
internal sealed class HmacSha256
{
    /// <summary>The size of a code, in bytes.</summary>
    public const int CodeLength = 32;

    private const int Lanes = 8;
    private const int Block = 64;

    private static readonly uint[] Initial =
    [
        0x6A09E667,
        0xBB67AE85,
        0x3C6EF372,
        0xA54FF53A,
        0x510E527F,
        0x9B05688C,
        0x1F83D9AB,
        0x5BE0CD19,
    ];

    // csharpier-ignore
    private static readonly uint[] Constants =
    [
        0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
        0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
        0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
        0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
        0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
        0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
        0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
        0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
    ];

    /// <summary>The states after the key's block, for the message and for the code of the message, the same in all lanes.</summary>
    private readonly Vector256<uint>[] inner;
    private readonly Vector256<uint>[] outer;

    /// <summary>Takes a key of at most 64 bytes.</summary>
    public HmacSha256(ReadOnlySpan<byte> key)
    {
        inner = AfterKey(key, 0x36);
        outer = AfterKey(key, 0x5C);
    }

    /// <summary>Writes the code of each value, one after the other; a null's place is left as it is.</summary>
    public void Compute(ByteVector values, Span<byte> codes)
    {
        for (var first = 0; first < values.Count; first += Lanes)
            ComputeGroup(values, first, codes);
    }

    private void ComputeGroup(ByteVector values, int first, Span<byte> codes)
    {
        var count = Math.Min(Lanes, values.Count - first);
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[8];
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[16];
        inner.CopyTo(state);
        HashMessages(values, first, count, state, words);

        state.CopyTo(words);
        words[8] = Vector256.Create(0x80000000);
        words[9..15].Clear();
        words[15] = Vector256.Create(8u * (Block + CodeLength));
        outer.CopyTo(state);
        Compress(state, words, Vector256<uint>.AllBitsSet);

        var results = MemoryMarshal.Cast<Vector256<uint>, uint>(state);
        for (var lane = 0; lane < count; lane++)
        {
            if (values.IsNull(first + lane))
                continue;
            for (var i = 0; i < 8; i++)
                BinaryPrimitives.WriteUInt32BigEndian(codes[((first + lane) * CodeLength + 4 * i)..], results[i * Lanes + lane]);
        }
    }

    private static void HashMessages(ByteVector values, int first, int count, Span<Vector256<uint>> state, Span<Vector256<uint>> words)
    {
        var blocks = 0;
        for (var lane = 0; lane < count; lane++)
            blocks = Math.Max(blocks, Blocks(values[first + lane].Length));
        var texts = MemoryMarshal.Cast<Vector256<uint>, uint>(words);
        Span<uint> active = stackalloc uint[Lanes];
        active.Clear();
        for (var block = 0; block < blocks; block++)
        {
            for (var lane = 0; lane < count; lane++)
            {
                var value = values[first + lane];
                active[lane] = block < Blocks(value.Length) ? uint.MaxValue : 0;
                if (active[lane] != 0)
                    Load(value, block, texts[lane..]);
            }
            Compress(state, words, Vector256.Create<uint>(active));
        }
    }

    /// <summary>How many blocks a message of that length takes with its padding: a byte at least, and eight that tell the length.</summary>
    private static int Blocks(int length) => (length + 9 + Block - 1) / Block;

    /// <summary>Puts a block of a message, padded where it ends, into one lane of the words.</summary>
    private static void Load(ReadOnlySpan<byte> message, int block, Span<uint> lane)
    {
        var start = block * Block;
        Span<byte> padded = stackalloc byte[Block];
        scoped var bytes = start + Block <= message.Length ? message.Slice(start, Block) : padded;
        if (start + Block > message.Length)
        {
            padded.Clear();
            if (start <= message.Length)
            {
                message[start..].CopyTo(padded);
                padded[message.Length - start] = 0x80;
            }
            if (block == Blocks(message.Length) - 1)
                BinaryPrimitives.WriteInt64BigEndian(padded[(Block - 8)..], 8L * (Block + message.Length));
        }
        for (var i = 0; i < 16; i++)
            lane[i * Lanes] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * i)..]);
    }

    private static Vector256<uint>[] AfterKey(ReadOnlySpan<byte> key, byte pad)
    {
        Span<byte> block = stackalloc byte[Block];
        block.Fill(pad);
        BlockCipher.Xor(block, key);
        var words = new Vector256<uint>[16];
        for (var i = 0; i < words.Length; i++)
            words[i] = Vector256.Create(BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]));
        var state = Array.ConvertAll(Initial, Vector256.Create);
        Compress(state, words, Vector256<uint>.AllBitsSet);
        return state;
    }

    /// <summary>SHA-256's compression, for the lanes that are active; it uses the words up.</summary>
    private static void Compress(Span<Vector256<uint>> state, Span<Vector256<uint>> words, Vector256<uint> active)
    {
        words = words[..16];
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var i = 0; i < Constants.Length; i += 8)
        {
            if (i >= 16)
                Extend(words, i & 8);
            // Eight rounds turn the eight variables round once, so that none has to be moved.
            var w = words.Slice(i & 8, 8);
            var k = Constants.AsSpan(i, 8);
            Round(a, b, c, ref d, e, f, g, ref h, w[0] + Vector256.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, w[1] + Vector256.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, w[2] + Vector256.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, w[3] + Vector256.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, w[4] + Vector256.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, w[5] + Vector256.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, w[6] + Vector256.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, w[7] + Vector256.Create(k[7]));
        }
        state[0] += a & active;
        state[1] += b & active;
        state[2] += c & active;
        state[3] += d & active;
        state[4] += e & active;
        state[5] += f & active;
        state[6] += g & active;
        state[7] += h & active;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<uint> a,
        Vector256<uint> b,
        Vector256<uint> c,
        ref Vector256<uint> d,
        Vector256<uint> e,
        Vector256<uint> f,
        Vector256<uint> g,
        ref Vector256<uint> h,
        Vector256<uint> word
    )
    {
        h += word + (g ^ (e & (f ^ g))) + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25));
        d += h;
        h += ((a & b) | (c & (a | b))) + (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22));
    }

    /// <summary>Replaces eight of the sixteen words by those that follow them.</summary>
    private static void Extend(Span<Vector256<uint>> words, int first)
    {
        for (var i = first; i < first + 8; i++)
            words[i] += Small1(words[(i + 14) & 15]) + words[(i + 9) & 15] + Small0(words[(i + 1) & 15]);
    }

    private static Vector256<uint> Small0(Vector256<uint> x) => Rotate(x, 7) ^ Rotate(x, 18) ^ (x >>> 3);

    private static Vector256<uint> Small1(Vector256<uint> x) => Rotate(x, 17) ^ Rotate(x, 19) ^ (x >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> x, int bits) => (x >>> bits) | (x << (32 - bits));
}
