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

    /// <summary>What a lane's domain comes to: b, d, how many blocks of Q differ by round, and how many numbers each half has (0: take bits).</summary>
    private readonly record struct Shape(int Bytes, int TailBlocks, ulong First, ulong Second)
    {
        public int MaterialBytes => (Bytes + 3) / 4 * 4 + 4;

        public int ExtraBlocks => (MaterialBytes - 1) / BlockCipher.Block;
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
            Round(lanes, limbs, decrypt ? Rounds - 1 - i : i, decrypt);
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
            var tail = shape.TailBlocks * BlockCipher.Block;
            var whole = (lanes[i].TweakLength + shape.Bytes + BlockCipher.Block) / BlockCipher.Block * BlockCipher.Block;
            Buffers.Extend(ref message, next + BlockCipher.Block + whole);
            Buffers.Extend(ref tails, nextTail + tail);
            WriteP(lanes[i], message.AsSpan(next, BlockCipher.Block));
            var q = message.AsSpan(next + BlockCipher.Block, whole);
            q.Clear();
            tweaks.Slice(lanes[i].TweakStart, lanes[i].TweakLength).CopyTo(q);
            q[^tail..].CopyTo(tails.AsSpan(nextTail));
            blocks[i] = 1 + whole / BlockCipher.Block - shape.TailBlocks;
            next += blocks[i] * BlockCipher.Block;
            nextTail += tail;
        }
        prefixStates.AsSpan().Clear();
        macs.Run(message.AsSpan(0, next), blocks.AsSpan(0, lanes.Length), prefixStates.AsSpan(0, lanes.Length * BlockCipher.Block));
        for (var i = 0; i < lanes.Length; i++)
            blocks[i] = shapes[i].TailBlocks;
    }

    private static Shape ShapeOf(in Ff1Lane lane)
    {
        var (first, second) = lane.Radix == 2 ? (0, 0) : (lane.Power(lane.FirstLength), lane.Power(lane.SecondLength));
        var bits = lane.Radix == 2 ? lane.SecondLength : 64 - BitOperations.LeadingZeroCount(second - 1);
        var bytes = (bits + 7) / 8;
        return new Shape(bytes, (bytes + BlockCipher.Block) / BlockCipher.Block, first, second);
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

    private void Round(ReadOnlySpan<Ff1Lane> lanes, Span<uint> limbs, int round, bool decrypt)
    {
        var next = 0;
        for (var i = 0; i < lanes.Length; i++)
        {
            var tail = tails.AsSpan(next, blocks[i] * BlockCipher.Block);
            var number = shapes[i].Bytes;
            tail[^(number + 1)] = (byte)round;
            Limbs.Write(Half(lanes[i], limbs, round % 2 == 0), tail[^number..]);
            next += tail.Length;
        }
        var used = lanes.Length * BlockCipher.Block;
        prefixStates.AsSpan(0, used).CopyTo(states);
        macs.Run(tails.AsSpan(0, next), blocks.AsSpan(0, lanes.Length), states.AsSpan(0, used));
        Stretch(lanes.Length);
        var nextExtra = 0;
        for (var i = 0; i < lanes.Length; i++)
        {
            var target = Half(lanes[i], limbs, round % 2 != 0);
            var y = Material(i, ref nextExtra);
            if (lanes[i].Radix == 2)
                AddBits(target, y, round % 2 == 0 ? lanes[i].FirstLength : lanes[i].SecondLength, decrypt);
            else
                AddNumerals(target, y, round % 2 == 0 ? shapes[i].First : shapes[i].Second, decrypt);
        }
    }

    private static Span<uint> Half(in Ff1Lane lane, Span<uint> limbs, bool second) =>
        limbs.Slice(lane.Start + (second ? lane.HalfLimbs : 0), lane.HalfLimbs);

    /// <summary>Makes the blocks of S after its first, R, for the lanes whose d needs them.</summary>
    private void Stretch(int lanes)
    {
        var next = 0;
        for (var i = 0; i < lanes; i++)
        {
            for (var j = 1; j <= shapes[i].ExtraBlocks; j++, next += BlockCipher.Block)
            {
                Buffers.Extend(ref extra, next + BlockCipher.Block);
                var block = extra.AsSpan(next, BlockCipher.Block);
                states.AsSpan(i * BlockCipher.Block, BlockCipher.Block).CopyTo(block);
                var last = block[^4..];
                BinaryPrimitives.WriteInt32BigEndian(last, BinaryPrimitives.ReadInt32BigEndian(last) ^ j);
            }
        }
        cipher.Encrypt(extra.AsSpan(0, next));
    }

    /// <summary>The first d bytes of a lane's S.</summary>
    private ReadOnlySpan<byte> Material(int lane, ref int nextExtra)
    {
        var r = states.AsSpan(lane * BlockCipher.Block, BlockCipher.Block);
        var more = shapes[lane].ExtraBlocks * BlockCipher.Block;
        if (more == 0)
            return r[..shapes[lane].MaterialBytes];
        Buffers.Grow(ref material, BlockCipher.Block + more);
        r.CopyTo(material);
        extra.AsSpan(nextExtra, more).CopyTo(material.AsSpan(BlockCipher.Block));
        nextExtra += more;
        return material.AsSpan(0, shapes[lane].MaterialBytes);
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
        number = (subtract ? number + (modulus - addend) : number + addend) % modulus;
        target[0] = (uint)number;
        target[1] = (uint)(number >> 32);
    }
}
