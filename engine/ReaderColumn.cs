using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>Takes one column's values from a reader into a vector, without a box or an object where the reader makes none.</summary>
internal abstract unsafe class ReaderColumn(DbDataReader reader, int ordinal)
{
    private ulong* _validity;

    protected DbDataReader Reader { get; } = reader;

    protected int Ordinal { get; } = ordinal;

    protected nint Vector { get; private set; }

    protected byte* Data { get; private set; }

    /// <summary>Turns to a vector to write into.</summary>
    public void Begin(nint vector)
    {
        Vector = vector;
        Data = NativeApi.duckdb_vector_get_data(vector);
        _validity = null;
    }

    /// <summary>Takes the value of the reader's current row.</summary>
    public void Read(int row)
    {
        if (Reader.IsDBNull(Ordinal))
            SetNull(row);
        else
            Write(row);
    }

    protected abstract void Write(int row);

    private void SetNull(int row)
    {
        if (_validity == null)
        {
            NativeApi.duckdb_vector_ensure_validity_writable(Vector);
            _validity = NativeApi.duckdb_vector_get_validity(Vector);
        }
        _validity[row >> 6] &= ~(1UL << (row & 63));
    }
}

/// <summary>A column of values of a fixed size.</summary>
internal sealed unsafe class FixedColumn<T>(DbDataReader reader, int ordinal, Func<DbDataReader, int, T> get)
    : ReaderColumn(reader, ordinal)
    where T : unmanaged
{
    protected override void Write(int row) => ((T*)Data)[row] = get(Reader, Ordinal);
}

/// <summary>A column of texts.</summary>
internal sealed unsafe class TextColumn(DbDataReader reader, int ordinal) : ReaderColumn(reader, ordinal)
{
    private byte[] _utf8 = new byte[1024];

    [SkipLocalsInit]
    protected override void Write(int row)
    {
        var text = Reader.GetString(Ordinal);
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > _utf8.Length)
            _utf8 = new byte[most];
        VectorWriter.WriteBytes(Vector, Data, row, _utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, _utf8)));
    }
}

/// <summary>A column of bytes.</summary>
internal sealed unsafe class BytesColumn(DbDataReader reader, int ordinal) : ReaderColumn(reader, ordinal)
{
    private byte[] _bytes = new byte[1024];

    protected override void Write(int row)
    {
        var length = Reader.GetBytes(Ordinal, 0, null, 0, 0);
        if (length > _bytes.Length)
            _bytes = new byte[length];

        var read = 0;
        while (read < length)
        {
            var more = (int)Reader.GetBytes(Ordinal, read, _bytes, read, (int)length - read);
            if (more == 0)
                throw new EndOfStreamException($"The reader gave {read} of {length} bytes.");
            read += more;
        }
        VectorWriter.WriteBytes(Vector, Data, row, _bytes.AsSpan(0, read));
    }
}
