namespace ServerlessHub.Lake.Tests;

/// <summary>Sets of row numbers in the format of deletion vectors, written after the format's description.</summary>
internal static class RoaringBytes
{
    private const int PortableMagic = 1681511377;
    private const int NativeMagic = 1681511376;

    /// <summary>The 64-bit format: each bucket of 2^32 rows with its number.</summary>
    public static byte[] Portable(bool runs, params long[] rows)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var buckets = rows.Order().GroupBy(row => (int)(row >> 32)).ToList();
        writer.Write(PortableMagic);
        writer.Write((long)buckets.Count);
        foreach (var bucket in buckets)
        {
            writer.Write(bucket.Key);
            WriteBucket(writer, [.. bucket.Select(row => (uint)row)], runs);
        }
        return stream.ToArray();
    }

    /// <summary>The format that Spark calls native, with rows below 2^32.</summary>
    public static byte[] Native(params long[] rows)
    {
        using var bucket = new MemoryStream();
        using (var writer = new BinaryWriter(bucket, System.Text.Encoding.UTF8, leaveOpen: true))
            WriteBucket(writer, [.. rows.Order().Select(row => (uint)row)], runs: false);
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(NativeMagic);
            writer.Write(1);
            writer.Write((int)bucket.Length);
            writer.Write(bucket.ToArray());
        }
        return stream.ToArray();
    }

    private static void WriteBucket(BinaryWriter writer, List<uint> rows, bool runs)
    {
        var blocks = rows.GroupBy(row => row >> 16).Select(block => (block.Key, Rows: block.Select(row => (ushort)row).ToList())).ToList();
        if (runs)
        {
            writer.Write(12347 | ((blocks.Count - 1) << 16));
            writer.Write([.. Enumerable.Repeat((byte)255, (blocks.Count + 7) / 8)]);
        }
        else
        {
            writer.Write(12346);
            writer.Write(blocks.Count);
        }
        foreach (var (key, values) in blocks)
        {
            writer.Write((ushort)key);
            writer.Write((ushort)(values.Count - 1));
        }
        // Readers that go from front to back need no offsets; zeros show whoever relies on them.
        if (!runs || blocks.Count >= 4)
            writer.Write(new byte[4 * blocks.Count]);
        foreach (var (_, values) in blocks)
        {
            if (runs)
                WriteRuns(writer, values);
            else if (values.Count <= 4096)
                values.ForEach(writer.Write);
            else
                writer.Write(Bits(values));
        }
    }

    private static void WriteRuns(BinaryWriter writer, List<ushort> values)
    {
        var starts = values.Where(value => !values.Contains((ushort)(value - 1)) || value == 0).ToList();
        writer.Write((ushort)starts.Count);
        foreach (var start in starts)
        {
            var length = 0;
            while (start + length < ushort.MaxValue && values.Contains((ushort)(start + length + 1)))
                length++;
            writer.Write(start);
            writer.Write((ushort)length);
        }
    }

    private static byte[] Bits(List<ushort> values)
    {
        var bits = new byte[8192];
        foreach (var value in values)
            bits[value / 8] |= (byte)(1 << (value % 8));
        return bits;
    }
}
