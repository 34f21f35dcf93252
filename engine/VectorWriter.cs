using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>
/// One column of a chunk that is being filled, or what is inside it, where it lies in DuckDB's memory. Valid as long as its chunk. A row
/// that nothing is written to holds anything; a row is not null until it is made so.
/// </summary>
public unsafe ref struct VectorWriter
{
    private readonly nint _vector;
    private readonly byte* _data;
    private ulong* _validity;

    internal VectorWriter(nint vector, LogicalType type, int length)
    {
        _vector = vector;
        Type = type;
        Length = length;
        _data = NativeApi.duckdb_vector_get_data(vector);
        _validity = NativeApi.duckdb_vector_get_validity(vector);
    }

    /// <summary>The type of the values.</summary>
    public LogicalType Type { get; }

    /// <summary>How many values there is room for.</summary>
    public int Length { get; }

    /// <summary>The values themselves, for types of a fixed size; <see cref="VectorReader.Span{T}"/> tells which.</summary>
    /// <exception cref="InvalidOperationException">A value of this type has another size.</exception>
    public readonly Span<T> Span<T>()
        where T : unmanaged
    {
        PhysicalSize.Check<T>(Type);
        return new(_data, Length);
    }

    /// <summary>True where the value has been made null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public readonly bool IsNull(int row)
    {
        Check(row);
        return _validity != null && (_validity[row >> 6] & (1UL << (row & 63))) == 0;
    }

    /// <summary>Makes a value null, and with it all that is inside.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void SetNull(int row)
    {
        Check(row);
        if (_validity == null)
        {
            NativeApi.duckdb_vector_ensure_validity_writable(_vector);
            _validity = NativeApi.duckdb_vector_get_validity(_vector);
        }
        _validity[row >> 6] &= ~(1UL << (row & 63));
        SetChildrenNull(row);
    }

    /// <summary>Takes back all that was made null, to write the vector anew.</summary>
    public readonly void ClearNulls()
    {
        if (_validity != null)
            new Span<ulong>(_validity, (Length + 63) / 64).Fill(ulong.MaxValue);
    }

    /// <summary>Writes a text's UTF-8, or the bytes of a BLOB, BIT, BIGNUM or GEOMETRY in DuckDB's form.</summary>
    /// <exception cref="ArgumentException">A text is not UTF-8.</exception>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public readonly void SetBytes(int row, ReadOnlySpan<byte> bytes)
    {
        if (Type.Kind == TypeKind.Varchar && !Utf8.IsValid(bytes))
            throw new ArgumentException("A text's bytes are not UTF-8.", nameof(bytes));
        SetBytesUnchecked(row, bytes);
    }

    /// <summary>
    /// Writes the texts of the first rows, one for each, that the caller has checked to be UTF-8. They are copied into DuckDB's memory at once,
    /// which is much faster than one by one.
    /// </summary>
    /// <param name="texts">Their bytes, one text behind the other.</param>
    /// <param name="ends">Where each of them ends.</param>
    /// <exception cref="InvalidOperationException">The column is of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are more than rows, or an end lies before the one before it or behind the bytes.</exception>
    public readonly void SetCheckedTexts(ReadOnlySpan<byte> texts, ReadOnlySpan<int> ends)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ends.Length, Length);
        PhysicalSize.CheckBytes(Type);
        byte* copy = null;
        var start = 0;
        for (var row = 0; row < ends.Length; row++)
        {
            var text = texts[start..ends[row]];
            if (text.Length > NativeString.InlineLength)
            {
                if (copy == null)
                    copy = Copy(texts);
                NativeString.Refer((NativeString*)_data + row, copy + start, text.Length);
            }
            else
                NativeString.Inline((NativeString*)_data + row, texts[start..], text.Length);
            start = ends[row];
        }
    }

    /// <summary>Copies bytes into the memory that lives as long as the vector. DuckDB does so for a value, so one is written, and again when its turn comes.</summary>
    private readonly byte* Copy(ReadOnlySpan<byte> bytes)
    {
        var first = (NativeString*)_data;
        var kept = *first;
        WriteBytes(_vector, _data, 0, bytes);
        var copy = first->Pointer;
        *first = kept;
        return copy;
    }

    /// <summary>Writes a text. Half a surrogate pair becomes U+FFFD, since UTF-8 has no form for it.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    [SkipLocalsInit]
    public readonly void SetText(int row, ReadOnlySpan<char> text)
    {
        const int onStack = 512;
        byte[]? rented = null;
        var buffer =
            text.Length <= onStack / 3
                ? stackalloc byte[onStack]
                : rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        SetBytesUnchecked(row, buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Makes room for so many more entries of lists or maps in <see cref="Child"/>.</summary>
    /// <returns>The index of the first of them. A <see cref="Child"/> taken before is no longer valid.</returns>
    /// <exception cref="InvalidOperationException">It is neither a list nor a map.</exception>
    public readonly int AddEntries(int count)
    {
        if (Type.Kind is not (TypeKind.List or TypeKind.Map))
            throw new InvalidOperationException($"{Type} is neither a list nor a map.");
        ArgumentOutOfRangeException.ThrowIfNegative(count);

        var first = NativeApi.duckdb_list_vector_get_size(_vector);
        if (
            NativeApi.duckdb_list_vector_reserve(_vector, first + (ulong)count) != State.Success
            || NativeApi.duckdb_list_vector_set_size(_vector, first + (ulong)count) != State.Success
        )
            throw new InvalidOperationException("DuckDB makes no room for the entries of a list.");
        return (int)first;
    }

    /// <summary>Tells which entries are a list's or map's.</summary>
    /// <exception cref="InvalidOperationException">It is neither a list nor a map.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or there are no such entries.</exception>
    public readonly void SetEntries(int row, Range entries)
    {
        Check(row);
        if (Type.Kind is not (TypeKind.List or TypeKind.Map))
            throw new InvalidOperationException($"{Type} is neither a list nor a map.");

        var (offset, length) = entries.GetOffsetAndLength((int)NativeApi.duckdb_list_vector_get_size(_vector));
        ((NativeListEntry*)_data)[row] = new() { Offset = (ulong)offset, Length = (ulong)length };
    }

    /// <summary>Tells which member of a union is set, and makes the others null; the member itself is then written to <see cref="Child"/>.</summary>
    /// <exception cref="InvalidOperationException">It is no union.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or member.</exception>
    public readonly void SetTag(int row, int member)
    {
        Check(row);
        if (Type.Kind != TypeKind.Union)
            throw new InvalidOperationException($"{Type} is no union.");
        ArgumentOutOfRangeException.ThrowIfNegative(member);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(member, Type.Children.Count);

        NativeApi.duckdb_vector_get_data(NativeApi.duckdb_struct_vector_get_child(_vector, 0))[row] = (byte)member;
        for (var i = 0; i < Type.Children.Count; i++)
        {
            if (i != member)
                Child(i).SetNull(row);
        }
    }

    /// <summary>What is inside, by the index in <see cref="LogicalType.Children"/>; see <see cref="VectorReader.Child"/>.</summary>
    /// <exception cref="InvalidOperationException">There is nothing inside.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such child.</exception>
    public readonly VectorWriter Child(int index)
    {
        var (vector, length) = Nesting.Child(_vector, Type, Length, index);
        return new(vector, Type.Children[index].Type, length);
    }

    /// <summary>Writes a value given as an object, as <see cref="VectorReader.GetValue"/> gives it; convenient, not fast.</summary>
    /// <exception cref="ArgumentException">The value is not of the type.</exception>
    /// <exception cref="OverflowException">The value is too large for the type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void SetValue(int row, object? value)
    {
        Check(row);
        if (value is null or DBNull)
        {
            SetNull(row);
            return;
        }
        if (_validity != null)
            _validity[row >> 6] |= 1UL << (row & 63);
        ObjectWriter.Write(this, row, value);
    }

    /// <summary>A vector's values while only its pointer is at hand; the caller knows the row and the type are right.</summary>
    internal static void WriteBytes(nint vector, byte* data, int row, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > NativeString.InlineLength)
        {
            fixed (byte* pointer = bytes)
                NativeApi.duckdb_unsafe_vector_assign_string_element_len(vector, (ulong)row, pointer, (ulong)bytes.Length);
            return;
        }

        NativeString.Inline((NativeString*)data + row, bytes, bytes.Length);
    }

    private readonly void SetBytesUnchecked(int row, ReadOnlySpan<byte> bytes)
    {
        Check(row);
        PhysicalSize.CheckBytes(Type);
        WriteBytes(_vector, _data, row, bytes);
    }

    private readonly void SetChildrenNull(int row)
    {
        switch (Type.Kind)
        {
            case TypeKind.Struct or TypeKind.Union:
                for (var i = 0; i < Type.Children.Count; i++)
                    Child(i).SetNull(row);
                break;
            case TypeKind.Array:
                var elements = Child(0);
                for (var i = row * Type.ArraySize; i < (row + 1) * Type.ArraySize; i++)
                    elements.SetNull(i);
                break;
            case TypeKind.List or TypeKind.Map:
                ((NativeListEntry*)_data)[row] = default;
                break;
        }
    }

    private readonly void Check(int row)
    {
        if ((uint)row >= (uint)Length)
            ThrowRow(row, Length);
    }

    [DoesNotReturn]
    private static void ThrowRow(int row, int length) =>
        throw new ArgumentOutOfRangeException(nameof(row), row, $"There are {length} rows.");
}
