using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ServerlessHub.Lake.Reading;

/// <summary>
/// Numbers of rows, as a deletion vector holds them: a RoaringBitmapArray. They stay in their serialized form, block by block of 65,536
/// rows, and only a block that is looked at is spread out into bits.
/// </summary>
internal sealed class RowSet
{
    /// <summary>How many rows a block covers.</summary>
    public const int BlockRows = 1 << 16;

    /// <summary>How many words the bits of a block are.</summary>
    public const int BlockWords = BlockRows / 64;

    private const int PortableMagic = 1681511377;

    /// <summary>
    /// What Spark calls the native format: the bitmaps one after the other, each with its length before it. The protocol's own example of a
    /// vector in the log is one, with these lengths in big endian byte order.
    /// </summary>
    private const int NativeMagic = 1681511376;

    private const int RunCookie = 12347;
    private const int PlainCookie = 12346;
    private const int MaxArray = 4096;
    private const int FewestWithOffsets = 4;

    private readonly byte[] _bytes;
    private readonly List<Block> _blocks = [];

    private RowSet(byte[] bytes) => _bytes = bytes;

    /// <summary>How many rows are in the set.</summary>
    public long Count { get; private set; }

    /// <summary>The numbers of the blocks in which there are rows, in order.</summary>
    public IEnumerable<long> Blocks => _blocks.Select(block => block.Number);

    /// <summary>Reads a set in one of its two formats.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RowSet Parse(byte[] bytes)
    {
        var set = new RowSet(bytes);
        try
        {
            var at = 0;
            var magic = set.Int(ref at);
            if (magic == PortableMagic)
                set.ReadPortable(at);
            else if (magic == NativeMagic)
                set.ReadNative(at, bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes));
            else if (BinaryPrimitives.ReverseEndianness(magic) == NativeMagic)
                set.ReadNative(at, bytes => BinaryPrimitives.ReadInt32BigEndian(bytes));
            else
                throw new FormatException($"it begins with {magic}, not with {PortableMagic} as the protocol says");
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FormatException("it ends too early", e);
        }
        return set;
    }

    /// <summary>The bits of a block, lowest row first, of which the ones are in the set.</summary>
    /// <param name="block">The block's number: a row's, divided by <see cref="BlockRows"/>.</param>
    /// <param name="bits">Room for <see cref="BlockWords"/> words.</param>
    public void Spread(long block, Span<ulong> bits)
    {
        bits.Clear();
        var index = CollectionsMarshal.AsSpan(_blocks).BinarySearch(new Block(block, default, 0, 0));
        if (index < 0)
            return;
        var (_, kind, offset, count) = _blocks[index];
        var values = _bytes.AsSpan(offset);
        switch (kind)
        {
            case BlockKind.Bits:
                for (var word = 0; word < BlockWords; word++)
                    bits[word] = BinaryPrimitives.ReadUInt64LittleEndian(values[(8 * word)..]);
                break;
            case BlockKind.Array:
                for (var i = 0; i < count; i++)
                    Set(bits, BinaryPrimitives.ReadUInt16LittleEndian(values[(2 * i)..]));
                break;
            default:
                for (var run = 0; run < count; run++)
                    SetRun(bits, values[(4 * run)..]);
                break;
        }
    }

    /// <summary>Gives the marks of the rows that are in the set a value, and leaves the others as they are.</summary>
    /// <param name="first">The row that the first mark is of.</param>
    /// <param name="marks">A mark for each of the rows from that one on.</param>
    /// <param name="value">The value.</param>
    public void Mark(long first, Span<bool> marks, bool value)
    {
        while (!marks.IsEmpty)
        {
            var from = (int)(first % BlockRows);
            var here = marks[..Math.Min(marks.Length, BlockRows - from)];
            var index = CollectionsMarshal.AsSpan(_blocks).BinarySearch(new Block(first / BlockRows, default, 0, 0));
            if (index >= 0)
                Mark(_blocks[index], from, here, value);
            first += here.Length;
            marks = marks[here.Length..];
        }
    }

    private void Mark(Block block, int from, Span<bool> marks, bool value)
    {
        var values = _bytes.AsSpan(block.Offset);
        var end = from + marks.Length;
        switch (block.Kind)
        {
            case BlockKind.Bits:
                for (var row = from; row < end; row++)
                {
                    if ((values[row >> 3] & (1 << (row & 7))) != 0)
                        marks[row - from] = value;
                }
                break;
            case BlockKind.Array:
                for (var i = FirstFrom(values, block.Count, from); i < block.Count && Number(values, i) < end; i++)
                    marks[Number(values, i) - from] = value;
                break;
            default:
                for (var run = 0; run < block.Count; run++)
                {
                    int start = Number(values, 2 * run);
                    var stop = Math.Min(start + Number(values, (2 * run) + 1) + 1, end);
                    start = Math.Max(start, from);
                    if (start < stop)
                        marks[(start - from)..(stop - from)].Fill(value);
                }
                break;
        }
    }

    /// <summary>Where, among the rows of a block in order, the first is that is not before a row.</summary>
    private static int FirstFrom(ReadOnlySpan<byte> values, int count, int row)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Number(values, middle) < row)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static ushort Number(ReadOnlySpan<byte> values, int index) => BinaryPrimitives.ReadUInt16LittleEndian(values[(2 * index)..]);

    private static void Set(Span<ulong> bits, int row) => bits[row >> 6] |= 1UL << (row & 63);

    private static void SetRun(Span<ulong> bits, ReadOnlySpan<byte> run)
    {
        int first = BinaryPrimitives.ReadUInt16LittleEndian(run);
        var last = first + BinaryPrimitives.ReadUInt16LittleEndian(run[2..]);
        for (var row = first; row <= last; row++)
            Set(bits, row);
    }

    private void ReadPortable(int at)
    {
        var buckets = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at, 8));
        at += 8;
        for (long bucket = 0; bucket < buckets; bucket++)
        {
            var key = Int(ref at);
            ReadBitmap(key, ref at);
        }
        RequireEnd(at);
    }

    private void ReadNative(int at, Func<ReadOnlySpan<byte>, int> number)
    {
        var bitmaps = number(Take(ref at, 4));
        for (var key = 0; key < bitmaps; key++)
        {
            var length = number(Take(ref at, 4));
            var end = at + length;
            ReadBitmap(key, ref at);
            if (at != end)
                throw new FormatException($"its part {key} is not {length} bytes long");
        }
        RequireEnd(at);
    }

    /// <summary>Reads the rows whose upper 32 bits are the key, in the format of 32-bit roaring bitmaps.</summary>
    private void ReadBitmap(int key, ref int at)
    {
        if (key < 0)
            throw new FormatException("it has rows with a negative number");
        var cookie = Int(ref at);
        var hasRuns = (cookie & 0xFFFF) == RunCookie;
        if (!hasRuns && cookie != PlainCookie)
            throw new FormatException($"a bitmap in it begins with {cookie}, which is none");
        var count = hasRuns ? (cookie >>> 16) + 1 : Int(ref at);
        if (count is < 0 or > BlockRows)
            throw new FormatException($"a bitmap in it has {count} blocks");
        var flags = hasRuns ? Take(ref at, (count + 7) / 8) : [];
        var header = Take(ref at, 4 * count);
        if (!hasRuns || count >= FewestWithOffsets)
            Take(ref at, 4 * count);
        for (var i = 0; i < count; i++)
        {
            var block = ((long)key << 16) | BinaryPrimitives.ReadUInt16LittleEndian(header[(4 * i)..]);
            var cardinality = BinaryPrimitives.ReadUInt16LittleEndian(header[((4 * i) + 2)..]) + 1;
            Add(hasRuns && (flags[i / 8] & (1 << (i % 8))) != 0 ? ReadRuns(block, ref at) : ReadBlock(block, cardinality, ref at));
        }
    }

    private Block ReadRuns(long number, ref int at)
    {
        int runs = BinaryPrimitives.ReadUInt16LittleEndian(Take(ref at, 2));
        var block = new Block(number, BlockKind.Runs, at, runs);
        var values = Take(ref at, 4 * runs);
        for (var run = 0; run < runs; run++)
        {
            int first = BinaryPrimitives.ReadUInt16LittleEndian(values[(4 * run)..]);
            int more = BinaryPrimitives.ReadUInt16LittleEndian(values[((4 * run) + 2)..]);
            if (first + more >= BlockRows)
                throw new FormatException("it has a run of rows that does not end where it must");
            Count += more + 1;
        }
        return block;
    }

    private Block ReadBlock(long number, int cardinality, ref int at)
    {
        var block = new Block(number, cardinality <= MaxArray ? BlockKind.Array : BlockKind.Bits, at, cardinality);
        var values = Take(ref at, block.Kind == BlockKind.Array ? 2 * cardinality : BlockRows / 8);
        if (block.Kind == BlockKind.Bits && Ones(values) != cardinality)
            throw new FormatException($"a block of it has not the {cardinality} rows that it says");
        Count += cardinality;
        return block;
    }

    private static int Ones(ReadOnlySpan<byte> bits)
    {
        var ones = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bits))
            ones += BitOperations.PopCount(word);
        return ones;
    }

    private void Add(Block block)
    {
        if (_blocks.Count > 0 && _blocks[^1].Number >= block.Number)
            throw new FormatException("its rows are not in order");
        _blocks.Add(block);
    }

    private int Int(ref int at) => BinaryPrimitives.ReadInt32LittleEndian(Take(ref at, 4));

    private ReadOnlySpan<byte> Take(ref int at, int length)
    {
        var bytes = _bytes.AsSpan(at, length);
        at += length;
        return bytes;
    }

    private void RequireEnd(int at)
    {
        if (at != _bytes.Length)
            throw new FormatException($"{_bytes.Length - at} bytes are left over at its end");
    }

    private enum BlockKind
    {
        Array,
        Bits,
        Runs,
    }

    private readonly record struct Block(long Number, BlockKind Kind, int Offset, int Count) : IComparable<Block>
    {
        public int CompareTo(Block other) => Number.CompareTo(other.Number);
    }
}
