#if HUB_FULL
using System.Collections;
using System.Data.Common;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>The engine's rows for a driver whose bulk copy takes a reader; it asks for each value as an object.</summary>
/// <param name="rows">The rows.</param>
/// <param name="convert">A value as the driver takes it.</param>
/// <param name="batchSize">Rows after which the reader pretends to be at its end, until <see cref="NextBatch"/>; null for never.</param>
internal sealed class ChunkReader(QueryResult rows, Func<object?, object> convert, int? batchSize = null) : DbDataReader
{
    private int row = -1;
    private long left = batchSize ?? long.MaxValue;
    private bool isAtEnd;

    /// <summary>The rows that were read.</summary>
    public long Count { get; private set; }

    public override int FieldCount => rows.Columns.Count;

    public override bool HasRows => true;

    public override bool IsClosed => false;

    public override int Depth => 0;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <summary>Goes on with the next batch; false where there are no more rows.</summary>
    public bool NextBatch()
    {
        left = batchSize ?? long.MaxValue;
        return !isAtEnd;
    }

    public override bool Read()
    {
        if (left == 0)
            return false;
        if (rows.Chunk is null || ++row >= rows.Chunk.Length)
        {
            row = 0;
            isAtEnd = !rows.MoveNextChunk();
            if (isAtEnd)
                return false;
        }
        left--;
        Count++;
        return true;
    }

    public override bool NextResult() => false;

    public override object GetValue(int ordinal) => convert(rows.Chunk!.Column(ordinal).GetValue(row));

    public override bool IsDBNull(int ordinal) => rows.Chunk!.Column(ordinal).IsNull(row);

    public override int GetValues(object[] values)
    {
        for (var i = 0; i < FieldCount; i++)
            values[i] = GetValue(i);
        return FieldCount;
    }

    public override string GetName(int ordinal) => rows.Columns[ordinal].Name;

    public override int GetOrdinal(string name) => rows.Columns.Select(c => c.Name).ToList().IndexOf(name);

    public override string GetDataTypeName(int ordinal) => rows.Columns[ordinal].Type.ToString();

    public override Type GetFieldType(int ordinal) => typeof(object);

    public override bool GetBoolean(int ordinal) => (bool)GetValue(ordinal);

    public override byte GetByte(int ordinal) => (byte)GetValue(ordinal);

    public override char GetChar(int ordinal) => (char)GetValue(ordinal);

    public override DateTime GetDateTime(int ordinal) => (DateTime)GetValue(ordinal);

    public override decimal GetDecimal(int ordinal) => (decimal)GetValue(ordinal);

    public override double GetDouble(int ordinal) => (double)GetValue(ordinal);

    public override float GetFloat(int ordinal) => (float)GetValue(ordinal);

    public override Guid GetGuid(int ordinal) => (Guid)GetValue(ordinal);

    public override short GetInt16(int ordinal) => (short)GetValue(ordinal);

    public override int GetInt32(int ordinal) => (int)GetValue(ordinal);

    public override long GetInt64(int ordinal) => (long)GetValue(ordinal);

    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length)
    {
        var value = rows.Chunk!.Column(ordinal).Bytes(row);
        if (buffer is null)
            return value.Length;
        var part = value[(int)Math.Min(dataOffset, value.Length)..];
        part = part[..Math.Min(length, part.Length)];
        part.CopyTo(buffer.AsSpan(bufferOffset));
        return part.Length;
    }

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length)
    {
        var value = GetString(ordinal);
        if (buffer is null)
            return value.Length;
        var part = value.AsSpan((int)Math.Min(dataOffset, value.Length));
        part = part[..Math.Min(length, part.Length)];
        part.CopyTo(buffer.AsSpan(bufferOffset));
        return part.Length;
    }

    public override IEnumerator GetEnumerator() => new DbEnumerator(this);
}
#endif
