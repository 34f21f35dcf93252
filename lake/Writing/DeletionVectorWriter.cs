using System.Buffers;
using System.Buffers.Binary;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Writing;

/// <summary>Writes the deletion vectors of a commit, many to a file.</summary>
internal sealed class DeletionVectorWriter(ILakeStorage storage, string table)
{
    private const byte FormatVersion = 1;
    private const int FullFile = 8 << 20;

    private readonly List<string> _written = [];
    private readonly List<(DataFile File, DeletionVector Vector)> _vectors = [];
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Guid _id = Guid.NewGuid();

    /// <summary>Adds the vector of a file, which deletes the rows that its old one deletes, too.</summary>
    public void Add(DataFile file, RowSetBuilder rows, long version)
    {
        if (file.Action.DeletionVector is { } old)
            rows.Add(DeletionVectorFile.Read(storage, table, version, old));
        var bytes = rows.ToBytes();
        if (_buffer.WrittenCount == 0)
            _buffer.Write([FormatVersion]);
        var vector = new DeletionVector
        {
            StorageType = DeletionVector.Relative,
            PathOrInlineDv = Z85.Encode(_id.ToByteArray(bigEndian: true)),
            Offset = _buffer.WrittenCount,
            SizeInBytes = bytes.Length,
            Cardinality = rows.Count,
        };
        WriteNumber((uint)bytes.Length);
        _buffer.Write(bytes);
        WriteNumber(Crc32.Of(bytes));
        _vectors.Add((file, vector));
        if (_buffer.WrittenCount >= FullFile)
            Flush();
    }

    /// <summary>Ends the last file.</summary>
    /// <returns>The vector of each file.</returns>
    public IReadOnlyList<(DataFile File, DeletionVector Vector)> Finish()
    {
        if (_buffer.WrittenCount > 0)
            Flush();
        return _vectors;
    }

    /// <summary>Deletes what was written.</summary>
    public void DeleteAll()
    {
        foreach (var path in _written)
            storage.Delete(path);
    }

    private void Flush()
    {
        var path = $"{table}/deletion_vector_{_id}.bin";
        _written.Add(path);
        if (!storage.WriteIfAbsent(path, _buffer.WrittenMemory))
            throw new LakeException(
                table,
                "a file of deletion vectors is there already, which a new name cannot have; try again.",
                file: path
            );
        _buffer.ResetWrittenCount();
        _id = Guid.NewGuid();
    }

    private void WriteNumber(uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        _buffer.Write(bytes);
    }
}
