using System.Numerics;
using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake.Writing;

/// <summary>Collects numbers of rows and writes them as the protocol's RoaringBitmapArray.</summary>
internal sealed class RowSetBuilder
{
    private const int Magic = 1681511377;
    private const int PlainCookie = 12346;
    private const int MaxArray = 4096;
    private const int BlocksPerBucket = 1 << 16;

    private readonly SortedDictionary<long, ulong[]> _blocks = [];

    /// <summary>How many rows there are.</summary>
    public long Count => _blocks.Values.Sum(Ones);

    public void Add(ReadOnlySpan<long> rows)
    {
        ulong[] bits = [];
        var block = -1L;
        foreach (var row in rows)
        {
            if (row / RowSet.BlockRows != block)
                bits = Bits(block = row / RowSet.BlockRows);
            bits[(int)(row % RowSet.BlockRows) >> 6] |= 1UL << (int)(row & 63);
        }
    }

    public void Add(RowSet rows)
    {
        var more = new ulong[RowSet.BlockWords];
        foreach (var block in rows.Blocks)
        {
            rows.Spread(block, more);
            var bits = Bits(block);
            for (var word = 0; word < bits.Length; word++)
                bits[word] |= more[word];
        }
    }

    /// <summary>The rows in the 64-bit portable format, with the protocol's number before it.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var buckets = _blocks.GroupBy(block => block.Key / BlocksPerBucket).ToList();
        writer.Write(Magic);
        writer.Write((long)buckets.Count);
        foreach (var bucket in buckets)
        {
            writer.Write((int)bucket.Key);
            WriteBitmap(writer, [.. bucket.Select(block => ((int)(block.Key % BlocksPerBucket), block.Value))]);
        }
        return stream.ToArray();
    }

    private ulong[] Bits(long block)
    {
        if (!_blocks.TryGetValue(block, out var bits))
            _blocks.Add(block, bits = new ulong[RowSet.BlockWords]);
        return bits;
    }

    /// <summary>A 32-bit bitmap without runs: what its blocks are, where they begin, and the blocks.</summary>
    private static void WriteBitmap(BinaryWriter writer, List<(int Key, ulong[] Bits)> blocks)
    {
        writer.Write(PlainCookie);
        writer.Write(blocks.Count);
        foreach (var (key, bits) in blocks)
        {
            writer.Write((ushort)key);
            writer.Write((ushort)(Ones(bits) - 1));
        }
        var start = 8 + (8 * blocks.Count);
        foreach (var (_, bits) in blocks)
        {
            writer.Write(start);
            start += Ones(bits) <= MaxArray ? 2 * Ones(bits) : RowSet.BlockRows / 8;
        }
        foreach (var (_, bits) in blocks)
            WriteBlock(writer, bits);
    }

    private static void WriteBlock(BinaryWriter writer, ulong[] bits)
    {
        var isArray = Ones(bits) <= MaxArray;
        for (var word = 0; word < bits.Length; word++)
        {
            if (!isArray)
                writer.Write(bits[word]);
            for (var left = isArray ? bits[word] : 0; left != 0; left &= left - 1)
                writer.Write((ushort)((word << 6) + BitOperations.TrailingZeroCount(left)));
        }
    }

    private static int Ones(ulong[] bits) => bits.Sum(BitOperations.PopCount);
}
