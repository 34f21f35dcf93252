using System.Collections;
using System.Data.Common;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A result's rows, fetched batch by batch where the database has a cursor for that; what breaks on the way is told in words for the user.</summary>
/// <param name="first">The first batch, or all.</param>
/// <param name="next">Fetches the next batch; null where the first is all.</param>
/// <param name="size">The rows of a full batch.</param>
/// <param name="translate">The words for an exception of the database.</param>
internal sealed class DatabaseReader(DbDataReader first, Func<DbDataReader>? next, int size, Func<Exception, Exception?> translate)
    : DbDataReader
{
    private DbDataReader batch = first;
    private int rows;

    public override int FieldCount => batch.FieldCount;

    public override bool HasRows => batch.HasRows;

    public override bool IsClosed => batch.IsClosed;

    public override int Depth => 0;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => batch[ordinal];

    public override object this[string name] => batch[name];

    public override bool Read()
    {
        try
        {
            if (batch.Read())
            {
                rows++;
                return true;
            }
            if (next is null || rows < size)
                return false;
            batch.Dispose();
            batch = next();
            rows = 0;
            return Read();
        }
        catch (Exception e) when (translate(e) is { } failure)
        {
            throw failure;
        }
    }

    public override bool NextResult() => false;

    public override bool IsDBNull(int ordinal) => batch.IsDBNull(ordinal);

    public override bool GetBoolean(int ordinal) => batch.GetBoolean(ordinal);

    public override byte GetByte(int ordinal) => batch.GetByte(ordinal);

    public override char GetChar(int ordinal) => batch.GetChar(ordinal);

    public override DateTime GetDateTime(int ordinal)
    {
        try
        {
            return batch.GetDateTime(ordinal);
        }
        catch (Exception e) when (IsUnfit(e))
        {
            throw Unfit(ordinal, e);
        }
    }

    public override decimal GetDecimal(int ordinal)
    {
        try
        {
            return batch.GetDecimal(ordinal);
        }
        catch (Exception e) when (IsUnfit(e))
        {
            throw Unfit(ordinal, e);
        }
    }

    public override double GetDouble(int ordinal) => batch.GetDouble(ordinal);

    public override float GetFloat(int ordinal) => batch.GetFloat(ordinal);

    public override Guid GetGuid(int ordinal) => batch.GetGuid(ordinal);

    public override short GetInt16(int ordinal) => batch.GetInt16(ordinal);

    public override int GetInt32(int ordinal) => batch.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => batch.GetInt64(ordinal);

    public override string GetString(int ordinal) => batch.GetString(ordinal);

    public override T GetFieldValue<T>(int ordinal)
    {
        try
        {
            return batch.GetFieldValue<T>(ordinal);
        }
        catch (Exception e) when (IsUnfit(e))
        {
            throw Unfit(ordinal, e);
        }
    }

    public override object GetValue(int ordinal) => batch.GetValue(ordinal);

    public override int GetValues(object[] values) => batch.GetValues(values);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        batch.GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        batch.GetChars(ordinal, dataOffset, buffer, bufferOffset, length);

    public override string GetName(int ordinal) => batch.GetName(ordinal);

    public override int GetOrdinal(string name) => batch.GetOrdinal(name);

    public override string GetDataTypeName(int ordinal) => batch.GetDataTypeName(ordinal);

    public override Type GetFieldType(int ordinal) => batch.GetFieldType(ordinal);

    public override IEnumerator GetEnumerator() => batch.GetEnumerator();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            batch.Dispose();
        base.Dispose(disposing);
    }

    // A day 0 of MySQL's, a number of 65 digits: the driver has no .NET value for it.
    private static bool IsUnfit(Exception e) => e is InvalidCastException or FormatException or OverflowException;

    private RunException Unfit(int ordinal, Exception e) =>
        new(
            $"the column '{GetName(ordinal)}' of type {GetDataTypeName(ordinal)} has a value that cannot be read: {e.Message}",
            "cast it in <sql>, for instance to text",
            inner: e
        );
}
