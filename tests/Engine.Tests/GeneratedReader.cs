using System.Collections;
using System.Data.Common;

namespace ServerlessHub.Engine.Tests;

/// <summary>A reader of computed rows that gives no object: whoever asks for one fails.</summary>
internal sealed class GeneratedReader(int rows) : DbDataReader
{
    private static readonly (string Name, Type Type)[] Columns =
    [
        ("id", typeof(long)),
        ("number", typeof(double)),
        ("text", typeof(string)),
        ("moment", typeof(DateTime)),
        ("amount", typeof(decimal)),
    ];

    private static readonly string[] Texts = [.. Enumerable.Range(0, 1000).Select(i => $"text {i}")];

    private int _row = -1;
    private int _lastOrdinal;

    public int Reads { get; private set; }

    public int FailsAt { get; init; } = -1;

    public string? FailsOn { get; init; }

    public IOException Failure { get; } = new("the connection was reset");

    /// <summary>Whether the columns of each row were asked for in their order.</summary>
    public bool WasSequential { get; private set; } = true;

    public override int FieldCount => Columns.Length;

    public override bool Read()
    {
        Reads++;
        _lastOrdinal = -1;
        return ++_row == FailsAt ? throw Failure : _row < rows;
    }

    public override string GetName(int ordinal) => Columns[ordinal].Name;

    public override Type GetFieldType(int ordinal) => Columns[ordinal].Type;

    public override string GetDataTypeName(int ordinal) => Columns[ordinal].Type.Name;

    public override bool IsDBNull(int ordinal)
    {
        WasSequential &= ordinal > _lastOrdinal;
        _lastOrdinal = ordinal;
        if (Columns[ordinal].Name == FailsOn)
            throw Failure;
        return false;
    }

    public override long GetInt64(int ordinal) => _row;

    public override double GetDouble(int ordinal) => _row / 4.0;

    public override string GetString(int ordinal) => Texts[_row % Texts.Length];

    public override DateTime GetDateTime(int ordinal) => DateTime.UnixEpoch.AddSeconds(_row);

    public override decimal GetDecimal(int ordinal) => new(_row, 0, 0, false, 2);

    public override int Depth => 0;

    public override bool HasRows => rows > 0;

    public override bool IsClosed => false;

    public override int RecordsAffected => -1;

    public override bool NextResult() => false;

    public override object this[int ordinal] => throw NoObjects();

    public override object this[string name] => throw NoObjects();

    public override object GetValue(int ordinal) => throw NoObjects();

    public override int GetValues(object[] values) => throw NoObjects();

    public override IEnumerator GetEnumerator() => throw NoObjects();

    public override int GetOrdinal(string name) => Array.FindIndex(Columns, c => c.Name == name);

    public override bool GetBoolean(int ordinal) => throw NoObjects();

    public override byte GetByte(int ordinal) => throw NoObjects();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw NoObjects();

    public override char GetChar(int ordinal) => throw NoObjects();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw NoObjects();

    public override float GetFloat(int ordinal) => throw NoObjects();

    public override Guid GetGuid(int ordinal) => throw NoObjects();

    public override short GetInt16(int ordinal) => throw NoObjects();

    public override int GetInt32(int ordinal) => throw NoObjects();

    private static InvalidOperationException NoObjects() => new("This reader gives values only through the getter of their type.");
}
