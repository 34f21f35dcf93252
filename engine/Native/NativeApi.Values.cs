using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/value
internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial void duckdb_destroy_value(ref nint value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_varchar_length(byte* text, ulong length);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_bool([MarshalAs(UnmanagedType.U1)] bool value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_int8(sbyte value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_uint8(byte value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_int16(short value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_uint16(ushort value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_int32(int value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_uint32(uint value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_int64(long value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_uint64(ulong value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_hugeint(NativeHugeInt value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_uhugeint(NativeHugeInt value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_bignum(NativeBigNum value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_decimal(NativeDecimal value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_float(float value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_double(double value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_date(int days);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_time(long micros);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_time_ns(long nanos);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_time_tz_value(ulong bits);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_timestamp(long micros);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_timestamp_tz(long micros);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_timestamp_s(long seconds);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_timestamp_ms(long millis);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_timestamp_ns(long nanos);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_interval(Interval value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_blob(byte* data, ulong length);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_bit(NativeBit value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_uuid(NativeHugeInt value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_enum_value(LogicalTypeHandle type, ulong index);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_null_value();

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_struct_value(LogicalTypeHandle type, nint* values);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_list_value(LogicalTypeHandle element, nint* values, ulong count);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_array_value(LogicalTypeHandle element, nint* values, ulong count);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_map_value(LogicalTypeHandle map, nint* keys, nint* values, ulong count);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_create_union_value(LogicalTypeHandle union, ulong tag, ValueHandle value);

    [LibraryImport(Library)]
    public static partial ulong duckdb_get_map_size(ValueHandle value);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_get_map_key(ValueHandle value, ulong index);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_get_map_value(ValueHandle value, ulong index);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(OwnedString))]
    public static partial string? duckdb_get_varchar(ValueHandle value);
}
