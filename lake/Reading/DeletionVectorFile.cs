using System.Buffers.Binary;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Reading;

/// <summary>Reads deletion vectors, from the log or from their files, and checks what can be checked of them.</summary>
internal static class DeletionVectorFile
{
    private const byte FormatVersion = 1;
    private const int FormatSize = 1;
    private const int WordSize = 4;

    /// <summary>Reads a vector.</summary>
    /// <exception cref="LakeException">Its file is gone, or the vector is damaged or not what the log says of it.</exception>
    public static RowSet Read(ILakeStorage storage, string table, long version, DeletionVector vector)
    {
        string? name = null;
        try
        {
            name = vector.File;
            var bytes = name is null ? ReadInline(vector) : ReadFile(storage, TablePath.Resolve(storage, table, name), vector);
            var rows = RowSet.Parse(bytes);
            return rows.Count == vector.Cardinality
                ? rows
                : throw new FormatException($"it has {rows.Count} rows, the log says {vector.Cardinality}");
        }
        catch (FormatException e)
        {
            throw new LakeException(table, $"the deletion vector '{vector.UniqueId}' cannot be read: {e.Message}.", version, name, e);
        }
    }

    private static byte[] ReadInline(DeletionVector vector)
    {
        var bytes = Z85.Decode(vector.PathOrInlineDv);
        return bytes.Length >= vector.SizeInBytes && vector.SizeInBytes >= 0
            ? bytes[..vector.SizeInBytes]
            : throw new FormatException($"it has {bytes.Length} bytes, the log says {vector.SizeInBytes}");
    }

    /// <summary>The first vector of a file is read with the byte before it, the file's format; another, of which a file has thousands, by itself.</summary>
    private static byte[] ReadFile(ILakeStorage storage, string path, DeletionVector vector)
    {
        var start = vector.Offset ?? 0;
        if (start < 0 || vector.SizeInBytes < 0)
            throw new FormatException($"the log says that it begins at {start} and has {vector.SizeInBytes} bytes");
        var before = start <= FormatSize ? start : 0;
        var length = before + (2L * WordSize) + vector.SizeInBytes;
        var part =
            storage.Read(path, start - before, (int)Math.Min(length, Array.MaxLength)) ?? throw new FormatException("its file is gone");
        if (before > 0 && part is [not FormatVersion, ..])
            throw new FormatException($"its file is not of format {FormatVersion}");
        if (part.Length < length)
            throw new FormatException("its file ends before it does");
        var size = BinaryPrimitives.ReadInt32BigEndian(part.AsSpan(before));
        if (size != vector.SizeInBytes)
            throw new FormatException($"its file says that it has {size} bytes, the log says {vector.SizeInBytes}");
        var data = part.AsSpan(before + WordSize, size);
        return BinaryPrimitives.ReadUInt32BigEndian(part.AsSpan(before + WordSize + size)) == Crc32.Of(data)
            ? data.ToArray()
            : throw new FormatException("its checksum is wrong");
    }
}
