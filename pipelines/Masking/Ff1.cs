using System.Buffers.Binary;
using System.Numerics;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>FF1 of NIST SP 800-38G, format-preserving encryption, on many numeral strings in step. The names in comments are the standard's.</summary>
internal sealed class Ff1 : IDisposable
{
    private const int Rounds = 10;

    private readonly BlockCipher cipher;
    private readonly CbcMacs macs;
    private byte[] tails = [];
    private byte[] prefixStates = [];
    private byte[] states = [];
    private byte[] extra = [];
    private byte[] material = [];
    private byte[] message = [];
    private uint[] addends = [];
    private int[] blocks = [];
    private Shape[] shapes = [];

    /// <summary>What a lane comes to: where its halves are and how many limbs each has, b and d in the standard, how many blocks of Q differ by
    /// round, and how much each half is taken modulo of (for radix 2 the number of bits).</summary>
    private struct Shape
    {
        public bool Bits;
        public int Start;
        public int HalfLimbs;
        public int NumberBytes;
        public int MaterialBytes;
        public int TailBytes;
        public int ExtraBytes;
        public ulong First;
        public ulong Second;
    }

    /// <summary>Takes a key of 16, 24 or 32 bytes.</summary>
    public Ff1(byte[] key)
    {
        cipher = new BlockCipher(key);
        macs = new CbcMacs(cipher);
    }

    /// <summary>Encrypts (or decrypts) each lane's halves, in place among the limbs.</summary>
    public void Run(ReadOnlySpan<Ff1Lane> lanes, ReadOnlySpan<byte> tweaks, Span<uint> limbs, bool decrypt)
    {
        Prepare(lanes, tweaks);
        for (var i = 0; i < Rounds; i++)
            Round(shapes.AsSpan(0, lanes.Length), limbs, decrypt ? Rounds - 1 - i : i, decrypt);
    }

    public void Dispose() => cipher.Dispose();

    /// <summary>Runs each lane's chain over what is the same in every round: P and the blocks of Q before its round number and half.</summary>
    private void Prepare(ReadOnlySpan<Ff1Lane> lanes, ReadOnlySpan<byte> tweaks)
    {
        Buffers.Grow(ref shapes, lanes.Length);
        Buffers.Grow(ref blocks, lanes.Length);
        Buffers.Grow(ref prefixStates, lanes.Length * BlockCipher.Block);
        Buffers.Grow(ref states, lanes.Length * BlockCipher.Block);
        var (next, nextTail) = (0, 0);
        for (var i = 0; i < lanes.Length; i++)
        {
            var shape = shapes[i] = ShapeOf(lanes[i]);
            var tail = shape.TailBytes;
            var whole = (lanes[i].TweakLength + shape.NumberBytes + BlockCipher.Block) / BlockCipher.Block * BlockCipher.Block;
            Buffers.Extend(ref message, next + BlockCipher.Block + whole);
            Buffers.Extend(ref tails, nextTail + tail);
            WriteP(lanes[i], message.AsSpan(next, BlockCipher.Block));
            var q = message.AsSpan(next + BlockCipher.Block, whole);
            q.Clear();
            tweaks.Slice(lanes[i].TweakStart, lanes[i].TweakLength).CopyTo(q);
            q[^tail..].CopyTo(tails.AsSpan(nextTail));
            blocks[i] = 1 + (whole - tail) / BlockCipher.Block;
            next += blocks[i] * BlockCipher.Block;
            nextTail += tail;
        }
        var prefixes = prefixStates.AsSpan(0, lanes.Length * BlockCipher.Block);
        prefixes.Clear();
        macs.Run(message.AsSpan(0, next), blocks.AsSpan(0, lanes.Length), prefixes);
        for (var i = 0; i < lanes.Length; i++)
            blocks[i] = shapes[i].TailBytes / BlockCipher.Block;
    }

    private static Shape ShapeOf(in Ff1Lane lane)
    {
        var bits = lane.Radix == 2;
        var (first, second) = bits
            ? ((ulong)lane.FirstLength, (ulong)lane.SecondLength)
            : (lane.Power(lane.FirstLength), lane.Power(lane.SecondLength));
        var number = ((bits ? lane.SecondLength : 64 - BitOperations.LeadingZeroCount(second - 1)) + 7) / 8;
        var material = (number + 3) / 4 * 4 + 4;
        return new Shape
        {
            Bits = bits,
            Start = lane.Start,
            HalfLimbs = lane.HalfLimbs,
            NumberBytes = number,
            MaterialBytes = material,
            TailBytes = (number + BlockCipher.Block) / BlockCipher.Block * BlockCipher.Block,
            ExtraBytes = (material - 1) / BlockCipher.Block * BlockCipher.Block,
            First = first,
            Second = second,
        };
    }

    private static void WriteP(in Ff1Lane lane, Span<byte> p)
    {
        p[0] = 1;
        p[1] = 2;
        BinaryPrimitives.WriteInt32BigEndian(p[2..], lane.Radix | 1 << 24);
        p[6] = Rounds;
        p[7] = (byte)lane.FirstLength;
        BinaryPrimitives.WriteInt32BigEndian(p[8..], lane.Length);
        BinaryPrimitives.WriteInt32BigEndian(p[12..], lane.TweakLength);
    }

    private void Round(ReadOnlySpan<Shape> lanes, Span<uint> limbs, int round, bool decrypt)
    {
        var even = round % 2 == 0;
        var next = 0;
        var extraBytes = 0;
        foreach (ref readonly var lane in lanes)
        {
            var end = tails.AsSpan(next + lane.TailBytes - lane.NumberBytes - 1, lane.NumberBytes + 1);
            end[0] = (byte)round;
            Limbs.Write(Half(lane, limbs, second: even), end[1..]);
            next += lane.TailBytes;
            extraBytes += lane.ExtraBytes;
        }
        var used = lanes.Length * BlockCipher.Block;
        prefixStates.AsSpan(0, used).CopyTo(states);
        macs.Run(tails.AsSpan(0, next), blocks.AsSpan(0, lanes.Length), states.AsSpan(0, used));
        if (extraBytes > 0)
            Stretch(lanes, extraBytes);
        var nextExtra = 0;
        for (var i = 0; i < lanes.Length; i++)
        {
            ref readonly var lane = ref lanes[i];
            var target = Half(lane, limbs, second: !even);
            var modulus = even ? lane.First : lane.Second;
            if (lane.Bits)
                AddBits(target, Material(lane, i, ref nextExtra), (int)modulus, decrypt);
            else
                AddNumerals(target, Material(lane, i, ref nextExtra), modulus, decrypt);
        }
    }

    private static Span<uint> Half(in Shape lane, Span<uint> limbs, bool second) =>
        limbs.Slice(lane.Start + (second ? lane.HalfLimbs : 0), lane.HalfLimbs);

    /// <summary>Makes the blocks of S after its first, R, for the lanes whose d needs them.</summary>
    private void Stretch(ReadOnlySpan<Shape> lanes, int length)
    {
        Buffers.Grow(ref extra, length);
        var next = 0;
        for (var i = 0; i < lanes.Length; i++)
        {
            for (var j = 1; j <= lanes[i].ExtraBytes / BlockCipher.Block; j++, next += BlockCipher.Block)
            {
                var block = extra.AsSpan(next, BlockCipher.Block);
                states.AsSpan(i * BlockCipher.Block, BlockCipher.Block).CopyTo(block);
                var last = block[^4..];
                BinaryPrimitives.WriteInt32BigEndian(last, BinaryPrimitives.ReadInt32BigEndian(last) ^ j);
            }
        }
        cipher.Encrypt(extra.AsSpan(0, next));
    }

    /// <summary>The first d bytes of a lane's S.</summary>
    private ReadOnlySpan<byte> Material(in Shape lane, int index, ref int nextExtra)
    {
        var r = states.AsSpan(index * BlockCipher.Block, BlockCipher.Block);
        if (lane.ExtraBytes == 0)
            return r[..lane.MaterialBytes];
        Buffers.Grow(ref material, BlockCipher.Block + lane.ExtraBytes);
        r.CopyTo(material);
        extra.AsSpan(nextExtra, lane.ExtraBytes).CopyTo(material.AsSpan(BlockCipher.Block));
        nextExtra += lane.ExtraBytes;
        return material.AsSpan(0, lane.MaterialBytes);
    }

    private void AddBits(Span<uint> target, ReadOnlySpan<byte> y, int bits, bool subtract)
    {
        Buffers.Grow(ref addends, target.Length);
        var addend = addends.AsSpan(0, target.Length);
        Limbs.Read(y, addend);
        if (subtract)
            Limbs.Subtract(target, addend, bits);
        else
            Limbs.Add(target, addend, bits);
    }

    private static void AddNumerals(Span<uint> target, ReadOnlySpan<byte> y, ulong modulus, bool subtract)
    {
        var addend = BinaryPrimitives.ReadUInt64BigEndian(y[^8..]);
        if (y.Length > 8)
            addend = (ulong)(new UInt128(BinaryPrimitives.ReadUInt32BigEndian(y), addend) % modulus);
        else
            addend %= modulus;
        var number = (ulong)target[1] << 32 | target[0];
        number += subtract ? modulus - addend : addend;
        if (number >= modulus)
            number -= modulus;
        target[0] = (uint)number;
        target[1] = (uint)(number >> 32);
    }
}
