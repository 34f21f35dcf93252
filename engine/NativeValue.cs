using System.Numerics;
using System.Text;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>Makes DuckDB's single values, for parameters.</summary>
internal static unsafe class NativeValue
{
    /// <exception cref="ArgumentException">The value is not of the type.</exception>
    /// <exception cref="OverflowException">The value is too large for the type.</exception>
    public static ValueHandle Create(object? value, LogicalType type) =>
        value is null or DBNull
            ? NativeApi.duckdb_create_null_value()
            : type.Kind switch
            {
                TypeKind.Boolean => NativeApi.duckdb_create_bool(ObjectValue.Boolean(value, type)),
                TypeKind.TinyInt => NativeApi.duckdb_create_int8(ObjectValue.Integer<sbyte>(value, type)),
                TypeKind.UTinyInt => NativeApi.duckdb_create_uint8(ObjectValue.Integer<byte>(value, type)),
                TypeKind.SmallInt => NativeApi.duckdb_create_int16(ObjectValue.Integer<short>(value, type)),
                TypeKind.USmallInt => NativeApi.duckdb_create_uint16(ObjectValue.Integer<ushort>(value, type)),
                TypeKind.Integer => NativeApi.duckdb_create_int32(ObjectValue.Integer<int>(value, type)),
                TypeKind.UInteger => NativeApi.duckdb_create_uint32(ObjectValue.Integer<uint>(value, type)),
                TypeKind.BigInt => NativeApi.duckdb_create_int64(ObjectValue.Integer<long>(value, type)),
                TypeKind.UBigInt => NativeApi.duckdb_create_uint64(ObjectValue.Integer<ulong>(value, type)),
                TypeKind.HugeInt => NativeApi.duckdb_create_hugeint(ObjectValue.Integer<Int128>(value, type)),
                TypeKind.UHugeInt => NativeApi.duckdb_create_uhugeint(ObjectValue.Integer<UInt128>(value, type)),
                TypeKind.BigNum => BigNum(ObjectValue.BigNum(value, type)),
                TypeKind.Float => NativeApi.duckdb_create_float(ObjectValue.Float(value, type)),
                TypeKind.Double => NativeApi.duckdb_create_double(ObjectValue.Double(value, type)),
                TypeKind.Decimal => Decimal(value, type),
                TypeKind.Varchar => Text(ObjectValue.Text(value, type)),
                TypeKind.Blob => Blob(ObjectValue.Bytes(value, type)),
                TypeKind.Bit => Bit(ObjectValue.Bits(value, type)),
                TypeKind.Uuid => NativeApi.duckdb_create_uuid(ObjectValue.Uuid(value, type)),
                TypeKind.Date => NativeApi.duckdb_create_date(ObjectValue.Days(value, type)),
                TypeKind.Time => NativeApi.duckdb_create_time(ObjectValue.TimeMicros(value, type)),
                TypeKind.TimeNs => NativeApi.duckdb_create_time_ns(ObjectValue.TimeNanos(value, type)),
                TypeKind.TimeTz => NativeApi.duckdb_create_time_tz_value(ObjectValue.TimeTzBits(value, type)),
                TypeKind.Timestamp => NativeApi.duckdb_create_timestamp(ObjectValue.Timestamp(value, type)),
                TypeKind.TimestampTz => NativeApi.duckdb_create_timestamp_tz(ObjectValue.Timestamp(value, type)),
                TypeKind.TimestampS => NativeApi.duckdb_create_timestamp_s(ObjectValue.Timestamp(value, type)),
                TypeKind.TimestampMs => NativeApi.duckdb_create_timestamp_ms(ObjectValue.Timestamp(value, type)),
                TypeKind.TimestampNs => NativeApi.duckdb_create_timestamp_ns(ObjectValue.Timestamp(value, type)),
                TypeKind.Interval => NativeApi.duckdb_create_interval(ObjectValue.Interval(value, type)),
                TypeKind.Enum => Enum(ObjectValue.EnumIndex(value, type), type),
                TypeKind.List or TypeKind.Array => List(value, type),
                TypeKind.Struct => Struct(value, type),
                TypeKind.Map => Map(value, type),
                _ => throw new ArgumentException($"A value of type {type} cannot be bound; bind text and cast it.", nameof(type)),
            };

    private static ValueHandle Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* pointer = bytes)
            return NativeApi.duckdb_create_varchar_length(pointer, (ulong)bytes.Length);
    }

    private static ValueHandle Blob(byte[] bytes)
    {
        fixed (byte* pointer = bytes)
            return NativeApi.duckdb_create_blob(pointer, (ulong)bytes.Length);
    }

    private static ValueHandle Bit(byte[] bytes)
    {
        fixed (byte* pointer = bytes)
            return NativeApi.duckdb_create_bit(new() { Data = pointer, Size = (ulong)bytes.Length });
    }

    private static ValueHandle BigNum(BigInteger number)
    {
        var bytes = BigInteger.Abs(number).ToByteArray(isUnsigned: true, isBigEndian: true);
        fixed (byte* pointer = bytes)
        {
            return NativeApi.duckdb_create_bignum(
                new()
                {
                    Data = pointer,
                    Size = (ulong)bytes.Length,
                    IsNegative = (byte)(number.Sign < 0 ? 1 : 0),
                }
            );
        }
    }

    private static ValueHandle Decimal(object value, LogicalType type)
    {
        NativeHugeInt unscaled = ObjectValue.Unscaled(value, type);
        return NativeApi.duckdb_create_decimal(
            new()
            {
                Width = type.Width,
                Scale = type.Scale,
                Lower = unscaled.Lower,
                Upper = unscaled.Upper,
            }
        );
    }

    private static ValueHandle Enum(int index, LogicalType type)
    {
        using var native = LogicalTypeConversion.ToNative(type);
        return NativeApi.duckdb_create_enum_value(native, (ulong)index);
    }

    private static ValueHandle List(object value, LogicalType type)
    {
        using var values = CreateAll(ObjectValue.Items(value, type).Select(item => (item, type.Element)));
        using var element = LogicalTypeConversion.ToNative(type.Element);
        return type.Kind == TypeKind.List
            ? NativeApi.duckdb_create_list_value(element, values.Pointer, values.Count)
            : NativeApi.duckdb_create_array_value(element, values.Pointer, values.Count);
    }

    private static ValueHandle Struct(object value, LogicalType type)
    {
        var fields = ObjectValue.Fields(value, type);
        using var values = CreateAll(type.Children.Select((child, i) => (fields[i], child.Type)));
        using var native = LogicalTypeConversion.ToNative(type);
        return NativeApi.duckdb_create_struct_value(native, values.Pointer);
    }

    private static ValueHandle Map(object value, LogicalType type)
    {
        var entries = ObjectValue.Entries(value, type);
        using var keys = CreateAll(entries.Select(entry => ((object?)entry.Key, type.Children[0].Type)));
        using var values = CreateAll(entries.Select(entry => (entry.Value, type.Children[1].Type)));
        using var native = LogicalTypeConversion.ToNative(type);
        return NativeApi.duckdb_create_map_value(native, keys.Pointer, values.Pointer, keys.Count);
    }

    private static NativeHandles<ValueHandle> CreateAll(IEnumerable<(object? Value, LogicalType Type)> values)
    {
        var handles = new List<ValueHandle>();
        try
        {
            foreach (var (value, type) in values)
                handles.Add(Create(value, type));
            return new([.. handles]);
        }
        catch
        {
            handles.ForEach(handle => handle.Dispose());
            throw;
        }
    }
}
