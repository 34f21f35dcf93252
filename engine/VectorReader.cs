using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>
/// The values of one column of a chunk, or of what is inside it, where they lie in DuckDB's memory. Valid as long as its chunk. A row's
/// value means something only where <see cref="IsNull"/> is false.
/// </summary>
public readonly unsafe ref struct VectorReader
{
    private readonly nint _vector;
    private readonly byte* _data;
    private readonly ulong* _validity;

    internal VectorReader(nint vector, LogicalType type, int length)
    {
        _vector = vector;
        Type = type;
        Length = length;
        _data = NativeApi.duckdb_vector_get_data(vector);
        _validity = NativeApi.duckdb_vector_get_validity(vector);
    }

    /// <summary>The type of the values.</summary>
    public LogicalType Type { get; }

    /// <summary>How many values there are.</summary>
    public int Length { get; }

    /// <summary>A bit for each value, lowest first, that is 0 where it is null; empty if no value is null.</summary>
    public ReadOnlySpan<ulong> Validity => _validity == null ? [] : new(_validity, (Length + 63) / 64);

    /// <summary>True where the value is null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row)
    {
        Check(row);
        return _validity != null && (_validity[row >> 6] & (1UL << (row & 63))) == 0;
    }

    /// <summary>
    /// The values themselves, for types of a fixed size: bool, the integers, Int128 and UInt128, float, double; a decimal's whole number in
    /// 2, 4, 8 or 16 bytes; a DATE's int, a TIME's or TIMESTAMP's long; <see cref="Interval"/>; an enum's index in 1, 2 or 4 bytes.
    /// </summary>
    /// <exception cref="InvalidOperationException">A value of this type has another size.</exception>
    public ReadOnlySpan<T> Span<T>()
        where T : unmanaged
    {
        PhysicalSize.Check<T>(Type);
        return new(_data, Length);
    }

    /// <summary>A text's UTF-8, or a BLOB's, BIT's, BIGNUM's or GEOMETRY's bytes; empty where it is null.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Bytes(int row)
    {
        PhysicalSize.CheckBytes(Type);
        // What stands in a null's place is no text, and may point anywhere.
        if (IsNull(row))
            return [];

        var text = (NativeString*)_data + row;
        return new(text->Length <= NativeString.InlineLength ? text->Inlined : text->Pointer, (int)text->Length);
    }

    /// <summary>A text.</summary>
    /// <inheritdoc cref="Bytes"/>
    public string Text(int row) => Encoding.UTF8.GetString(Bytes(row));

    /// <summary>A decimal.</summary>
    /// <exception cref="OverflowException">It has more digits than System.Decimal.</exception>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public decimal Decimal(int row) => DecimalValue.Scale(Unscaled(row), Type);

    /// <summary>The whole number that a decimal is kept as: its value times 10 to the power of its scale.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public Int128 Unscaled(int row)
    {
        Check(row);
        return Type.Kind != TypeKind.Decimal
            ? throw new InvalidOperationException($"{Type} is no decimal.")
            : Type.Width switch
            {
                <= 4 => ((short*)_data)[row],
                <= 9 => ((int*)_data)[row],
                <= 18 => ((long*)_data)[row],
                _ => ((Int128*)_data)[row],
            };
    }

    /// <summary>A UUID.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public Guid Uuid(int row)
    {
        var value = (UInt128)Span<Int128>()[row] ^ ((UInt128)1 << 127);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An enum's index into <see cref="LogicalType.EnumValues"/>.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public int EnumIndex(int row)
    {
        Check(row);
        return PhysicalSize.Of(Type) switch
        {
            1 when Type.Kind == TypeKind.Enum => _data[row],
            2 when Type.Kind == TypeKind.Enum => ((ushort*)_data)[row],
            4 when Type.Kind == TypeKind.Enum => (int)((uint*)_data)[row],
            _ => throw new InvalidOperationException($"{Type} is no enum."),
        };
    }

    /// <summary>Where a list's, map's or array's entries are in <see cref="Child"/>; none where it is null.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public Range Entries(int row)
    {
        if (IsNull(row))
            return ..0;

        switch (Type.Kind)
        {
            case TypeKind.List or TypeKind.Map:
                var entry = ((NativeListEntry*)_data)[row];
                return (int)entry.Offset..(int)(entry.Offset + entry.Length);
            case TypeKind.Array:
                return (row * Type.ArraySize)..((row + 1) * Type.ArraySize);
            default:
                throw new InvalidOperationException($"{Type} has no entries.");
        }
    }

    /// <summary>Which member of a union is set.</summary>
    /// <exception cref="InvalidOperationException">It is of another type.</exception>
    public int Tag(int row)
    {
        Check(row);
        return Type.Kind == TypeKind.Union
            ? NativeApi.duckdb_vector_get_data(NativeApi.duckdb_struct_vector_get_child(_vector, 0))[row]
            : throw new InvalidOperationException($"{Type} is no union.");
    }

    /// <summary>
    /// What is inside, by the index in <see cref="LogicalType.Children"/>: a struct's field and a union's member, row by row; all elements
    /// of all lists or arrays; all keys or all values of all maps.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is nothing inside.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such child.</exception>
    public VectorReader Child(int index)
    {
        var (vector, length) = Nesting.Child(_vector, Type, Length, index);
        return new(vector, Type.Children[index].Type, length);
    }

    /// <summary>
    /// A value as an object: null, bool, the integer types, Int128, UInt128, BigInteger, float, double, decimal (SqlDecimal where a decimal has
    /// too many digits), string, byte[] (also for GEOMETRY), a BIT's digits as string, Guid, DateOnly, TimeOnly, <see cref="ZonedTime"/>, DateTime (of
    /// kind UTC for TIMESTAMPTZ, nanoseconds cut to 100), <see cref="Interval"/>, an enum's string, object?[] for lists and arrays,
    /// OrderedDictionary&lt;string, object?&gt; for structs, KeyValuePair&lt;object, object?&gt;[] for maps, a union's member.
    /// </summary>
    /// <exception cref="OverflowException">.NET's type cannot hold the value, for instance an infinite date.</exception>
    /// <exception cref="NotSupportedException">The type can only be read as text: cast it in SQL.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public object? GetValue(int row) =>
        IsNull(row)
            ? null
            : Type.Kind switch
            {
                TypeKind.Boolean => Span<bool>()[row],
                TypeKind.TinyInt => Span<sbyte>()[row],
                TypeKind.UTinyInt => Span<byte>()[row],
                TypeKind.SmallInt => Span<short>()[row],
                TypeKind.USmallInt => Span<ushort>()[row],
                TypeKind.Integer => Span<int>()[row],
                TypeKind.UInteger => Span<uint>()[row],
                TypeKind.BigInt => Span<long>()[row],
                TypeKind.UBigInt => Span<ulong>()[row],
                TypeKind.HugeInt => Span<Int128>()[row],
                TypeKind.UHugeInt => Span<UInt128>()[row],
                TypeKind.BigNum => BigNum(Bytes(row)),
                TypeKind.Float => Span<float>()[row],
                TypeKind.Double => Span<double>()[row],
                TypeKind.Decimal => DecimalValue.ToObject(Unscaled(row), Type),
                TypeKind.Varchar => Text(row),
                TypeKind.Blob or TypeKind.Geometry => Bytes(row).ToArray(),
                TypeKind.Bit => Bits(Bytes(row)),
                TypeKind.Uuid => Uuid(row),
                TypeKind.Date => Temporal.ToDate(Span<int>()[row]),
                TypeKind.Time => Temporal.ToTime(Span<long>()[row]),
                TypeKind.TimeNs => Temporal.ToTime(Span<long>()[row] / 1000),
                TypeKind.TimeTz => ZonedTime.FromBits(Span<ulong>()[row]),
                TypeKind.Timestamp => Temporal.ToDateTime(Span<long>()[row]),
                TypeKind.TimestampTz => Temporal.ToDateTime(Span<long>()[row], DateTimeKind.Utc),
                TypeKind.TimestampS => Temporal.FromTicks((Int128)Span<long>()[row] * TimeSpan.TicksPerSecond, DateTimeKind.Unspecified),
                TypeKind.TimestampMs => Temporal.FromTicks(
                    (Int128)Span<long>()[row] * TimeSpan.TicksPerMillisecond,
                    DateTimeKind.Unspecified
                ),
                TypeKind.TimestampNs => Temporal.FromTicks(
                    Temporal.Floor(Span<long>()[row], TimeSpan.NanosecondsPerTick),
                    DateTimeKind.Unspecified
                ),
                TypeKind.Interval => Span<Interval>()[row],
                TypeKind.Enum => Type.EnumValues[EnumIndex(row)],
                TypeKind.List or TypeKind.Array => List(row),
                TypeKind.Struct => Struct(row),
                TypeKind.Map => Map(row),
                TypeKind.Union => Child(Tag(row)).GetValue(row),
                _ => throw new NotSupportedException($"A value of type {Type} has no .NET type; cast it to VARCHAR in SQL."),
            };

    private object?[] List(int row)
    {
        var (offset, count) = Entries(row).GetOffsetAndLength(int.MaxValue);
        var child = Child(0);
        var values = new object?[count];
        for (var i = 0; i < count; i++)
            values[i] = child.GetValue(offset + i);
        return values;
    }

    private OrderedDictionary<string, object?> Struct(int row)
    {
        var values = new OrderedDictionary<string, object?>(Type.Children.Count);
        for (var i = 0; i < Type.Children.Count; i++)
            values[Type.Children[i].Name] = Child(i).GetValue(row);
        return values;
    }

    private KeyValuePair<object, object?>[] Map(int row)
    {
        var (offset, count) = Entries(row).GetOffsetAndLength(int.MaxValue);
        var keys = Child(0);
        var values = Child(1);
        var entries = new KeyValuePair<object, object?>[count];
        for (var i = 0; i < count; i++)
            entries[i] = new(keys.GetValue(offset + i)!, values.GetValue(offset + i));
        return entries;
    }

    private static string Bits(ReadOnlySpan<byte> bytes)
    {
        var padding = bytes[0];
        var text = new StringBuilder();
        for (var i = (int)padding; i < (bytes.Length - 1) * 8; i++)
            text.Append((bytes[1 + (i / 8)] & (0x80 >> (i % 8))) == 0 ? '0' : '1');
        return text.ToString();
    }

    // Three bytes of header, whose highest bit is set for numbers from 0 on; a negative number has all its bits inverted.
    private static BigInteger BigNum(ReadOnlySpan<byte> bytes)
    {
        const int header = 3;
        if ((bytes[0] & 0x80) != 0)
            return new(bytes[header..], isUnsigned: true, isBigEndian: true);

        var digits = bytes[header..].ToArray();
        for (var i = 0; i < digits.Length; i++)
            digits[i] = (byte)~digits[i];
        return -new BigInteger(digits, isUnsigned: true, isBigEndian: true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Check(int row)
    {
        if ((uint)row >= (uint)Length)
            ThrowRow(row, Length);
    }

    [DoesNotReturn]
    private static void ThrowRow(int row, int length) =>
        throw new ArgumentOutOfRangeException(nameof(row), row, $"There are {length} rows.");
}
