using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

/// <summary><c>duckdb_state</c></summary>
internal enum State
{
    Success = 0,
    Error = 1,
}

/// <summary><c>duckdb_pending_state</c></summary>
internal enum PendingState
{
    Ready = 0,
    NotReady = 1,
    Error = 2,
    NoTasks = 3,
}

/// <summary><c>duckdb_result</c>; only its last field is in use, the others are deprecated.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Result
{
    public ulong ColumnCount;
    public ulong RowCount;
    public ulong RowsChanged;
    public nint Columns;
    public nint ErrorMessage;
    public nint InternalData;
}

/// <summary><c>duckdb_query_progress_type</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Progress
{
    public double Percentage;
    public ulong RowsProcessed;
    public ulong TotalRowsToProcess;
}

/// <summary><c>duckdb_decimal</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDecimal
{
    public byte Width;
    public byte Scale;
    public ulong Lower;
    public long Upper;
}

/// <summary><c>duckdb_hugeint</c> and, by its bits, <c>duckdb_uhugeint</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeHugeInt
{
    public ulong Lower;
    public long Upper;

    public static implicit operator NativeHugeInt(Int128 value) => new() { Lower = (ulong)value, Upper = (long)(value >> 64) };

    public static implicit operator NativeHugeInt(UInt128 value) => new() { Lower = (ulong)value, Upper = (long)(ulong)(value >> 64) };
}

/// <summary><c>duckdb_bit</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBit
{
    public byte* Data;
    public ulong Size;
}

/// <summary><c>duckdb_bignum</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBigNum
{
    public byte* Data;
    public ulong Size;
    public byte IsNegative;
}

/// <summary><c>duckdb_string_t</c>: up to 12 bytes stand inside, longer text is pointed to.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeString
{
    public const int InlineLength = 12;

    [FieldOffset(0)]
    public uint Length;

    [FieldOffset(4)]
    public fixed byte Inlined[InlineLength];

    [FieldOffset(8)]
    public byte* Pointer;

    [FieldOffset(4)]
    private ulong first;

    [FieldOffset(12)]
    private uint last;

    /// <summary>Makes it a text of at most <see cref="InlineLength"/> bytes. Texts are compared with all their bytes, so those behind a short one are zero.</summary>
    /// <param name="target">The text.</param>
    /// <param name="bytes">Its bytes, and whatever stands behind them.</param>
    /// <param name="length">How many are its own.</param>
    public static void Inline(NativeString* target, ReadOnlySpan<byte> bytes, int length)
    {
        target->Length = (uint)length;
        if (bytes.Length < InlineLength)
        {
            (target->first, target->last) = (0, 0);
            bytes[..length].CopyTo(new Span<byte>(target->Inlined, InlineLength));
            return;
        }
        var (low, high) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        target->first = length < 8 ? low & ((1UL << (length * 8)) - 1) : low;
        target->last = length > 8 ? (uint)(high & ((1UL << ((length - 8) * 8)) - 1)) : 0;
    }

    /// <summary>Makes it a text of more than <see cref="InlineLength"/> bytes, which stay where they are.</summary>
    public static void Refer(NativeString* target, byte* bytes, int length)
    {
        target->Length = (uint)length;
        *(uint*)target->Inlined = *(uint*)bytes;
        target->Pointer = bytes;
    }
}

/// <summary><c>duckdb_list_entry</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeListEntry
{
    public ulong Offset;
    public ulong Length;
}
