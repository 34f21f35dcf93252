using System.Buffers.Binary;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Reading;

/// <summary>Reads deletion vectors, from the log or from their files, and checks what can be checked of them.</summary>
internal static class DeletionVectorFile
{
    private const byte FormatVersion = 1;
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

    private static byte[] ReadFile(ILakeStorage storage, string path, DeletionVector vector)
    {
        var file = storage.Read(path) ?? throw new FormatException("its file is gone");
        if (file.Length == 0 || file[0] != FormatVersion)
            throw new FormatException($"its file is not of format {FormatVersion}");
        var start = vector.Offset ?? 0;
        if (start < 0 || vector.SizeInBytes < 0 || start + (2L * WordSize) + vector.SizeInBytes > file.Length)
            throw new FormatException($"its file of {file.Length} bytes ends before it does");
        var size = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(start));
        if (size != vector.SizeInBytes)
            throw new FormatException($"its file says that it has {size} bytes, the log says {vector.SizeInBytes}");
        var data = file.AsSpan(start + WordSize, size);
        return BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(start + WordSize + size)) == Crc32.Of(data)
            ? data.ToArray()
            : throw new FormatException("its checksum is wrong");
    }
}
