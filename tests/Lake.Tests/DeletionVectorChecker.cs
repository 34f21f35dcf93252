using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;

namespace ServerlessHub.Lake.Tests;

/// <summary>
/// Holds deletion vectors, and the files that they are in, against the protocol's format to the last byte. As <see cref="LogChecker"/>, it shares
/// nothing with the code it checks.
/// </summary>
internal sealed class DeletionVectorChecker(string table)
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    private const int UuidDigits = 20;
    private const uint Magic = 1681511377;
    private const uint WithoutRuns = 12346;
    private const uint WithRuns = 12347;
    private const int FewestWithOffsets = 4;
    private const int LongestArray = 4096;
    private const int WordsOfBits = 1024;

    private readonly Dictionary<string, Dictionary<int, Entry>> _files = [];

    /// <summary>The file that a vector is in.</summary>
    public string FileOf(JsonElement vector)
    {
        Assert.Equal("u", vector.GetProperty("storageType").GetString());
        var text = vector.GetProperty("pathOrInlineDv").GetString()!;
        Span<byte> uuid = stackalloc byte[16];
        var digits = text[^UuidDigits..];
        for (var group = 0; group < 4; group++)
        {
            var number = digits.Substring(5 * group, 5).Aggregate(0L, (sum, digit) => (sum * 85) + Digits.IndexOf(digit));
            BinaryPrimitives.WriteUInt32BigEndian(uuid[(4 * group)..], checked((uint)number));
        }
        return Path.Combine(table, text[..^UuidDigits], $"deletion_vector_{new Guid(uuid, bigEndian: true)}.bin");
    }

    /// <summary>Checks a vector of a data file, and all that is in the vector's file.</summary>
    public void Check(JsonElement vector, long rowsOfDataFile)
    {
        var path = FileOf(vector);
        Assert.True(File.Exists(path), $"'{path}' is not on disk");
        if (!_files.TryGetValue(path, out var entries))
            _files.Add(path, entries = ReadFile(File.ReadAllBytes(path)));
        var entry = entries[vector.GetProperty("offset").GetInt32()];
        Assert.Equal(entry.Size, vector.GetProperty("sizeInBytes").GetInt32());
        Assert.Equal(entry.Rows, vector.GetProperty("cardinality").GetInt64());
        Assert.InRange(entry.Last, 0, rowsOfDataFile - 1);
    }

    /// <summary>The vectors of a file by where they begin; there is nothing before, between and behind them.</summary>
    private static Dictionary<int, Entry> ReadFile(byte[] bytes)
    {
        Assert.Equal(1, bytes[0]);
        var entries = new Dictionary<int, Entry>();
        for (var at = 1; at < bytes.Length; )
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            var vector = bytes[(at + 4)..(at + 4 + size)];
            Assert.Equal(Checksum(vector), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 4 + size)));
            entries.Add(at, ReadVector(vector));
            at += size + 8;
        }
        return entries;
    }

    private static Entry ReadVector(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        Assert.Equal(Magic, reader.ReadUInt32());
        var (rows, last, before) = (0L, -1L, -1);
        for (var buckets = reader.ReadInt64(); buckets > 0; buckets--)
        {
            var key = reader.ReadInt32();
            Assert.True(key > before, "the buckets are not in order");
            before = key;
            foreach (var row in ReadBucket(reader))
                (rows, last) = (rows + 1, ((long)key << 32) | row);
        }
        Assert.Equal(bytes.Length, reader.BaseStream.Position);
        return new(bytes.Length, rows, last);
    }

    /// <summary>A bitmap of 32-bit numbers: which containers there are, where each begins, and the containers.</summary>
    private static List<uint> ReadBucket(BinaryReader reader)
    {
        var start = reader.BaseStream.Position;
        var cookie = reader.ReadUInt32();
        var hasRuns = (cookie & 0xFFFF) == WithRuns;
        Assert.True(hasRuns || cookie == WithoutRuns, $"{cookie} begins no bitmap");
        var count = hasRuns ? (int)(cookie >> 16) + 1 : reader.ReadInt32();
        var flags = hasRuns ? reader.ReadBytes((count + 7) / 8) : new byte[(count + 7) / 8];
        var headers = Enumerable.Range(0, count).Select(_ => (Key: reader.ReadUInt16(), Rows: reader.ReadUInt16() + 1)).ToList();
        var offsets = hasRuns && count < FewestWithOffsets ? null : Enumerable.Range(0, count).Select(_ => reader.ReadUInt32()).ToList();
        Assert.Equal(headers.Select(header => header.Key).Distinct().Order(), headers.Select(header => header.Key));
        var rows = new List<uint>();
        for (var i = 0; i < count; i++)
        {
            if (offsets is not null)
                Assert.Equal(reader.BaseStream.Position - start, offsets[i]);
            var isRuns = (flags[i / 8] & (1 << (i % 8))) != 0;
            List<uint> low =
            [
                .. isRuns ? ReadRuns(reader)
                : headers[i].Rows > LongestArray ? ReadBits(reader)
                : ReadArray(reader, headers[i].Rows),
            ];
            Assert.Equal(headers[i].Rows, low.Count);
            Assert.True(low.Zip(low.Skip(1)).All(pair => pair.First < pair.Second), "the rows of a container are not in order");
            rows.AddRange(low.Select(row => ((uint)headers[i].Key << 16) | row));
        }
        return rows;
    }

    private static IEnumerable<uint> ReadArray(BinaryReader reader, int rows)
    {
        for (; rows > 0; rows--)
            yield return reader.ReadUInt16();
    }

    private static IEnumerable<uint> ReadRuns(BinaryReader reader)
    {
        for (var runs = reader.ReadUInt16(); runs > 0; runs--)
        {
            uint first = reader.ReadUInt16();
            uint more = reader.ReadUInt16();
            for (var row = first; row <= first + more; row++)
                yield return row;
        }
    }

    private static IEnumerable<uint> ReadBits(BinaryReader reader)
    {
        for (uint word = 0; word < WordsOfBits; word++)
        {
            for (var bits = reader.ReadUInt64(); bits != 0; bits &= bits - 1)
                yield return (64 * word) + (uint)BitOperations.TrailingZeroCount(bits);
        }
    }

    /// <summary>CRC-32 as its definition has it: the remainder of a division, bit by bit.</summary>
    private static uint Checksum(byte[] bytes)
    {
        var remainder = uint.MaxValue;
        foreach (var value in bytes)
        {
            remainder ^= value;
            for (var bit = 0; bit < 8; bit++)
                remainder = (remainder & 1) == 1 ? (remainder >> 1) ^ 0xEDB88320 : remainder >> 1;
        }
        return ~remainder;
    }

    private readonly record struct Entry(int Size, long Rows, long Last);
}
