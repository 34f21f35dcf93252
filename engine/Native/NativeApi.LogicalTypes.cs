using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/types
internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_logical_type(TypeKind kind);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(OwnedString))]
    public static partial string? duckdb_logical_type_get_alias(LogicalTypeHandle type);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_logical_type_set_alias(LogicalTypeHandle type, string alias);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_list_type(LogicalTypeHandle element);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_array_type(LogicalTypeHandle element, ulong size);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_map_type(LogicalTypeHandle key, LogicalTypeHandle value);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_union_type(nint* types, byte** names, ulong count);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_struct_type(nint* types, byte** names, ulong count);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_enum_type(byte** names, ulong count);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_create_decimal_type(byte width, byte scale);

    [LibraryImport(Library)]
    public static partial TypeKind duckdb_get_type_id(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial byte duckdb_decimal_width(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial byte duckdb_decimal_scale(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial uint duckdb_enum_dictionary_size(LogicalTypeHandle type);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(OwnedString))]
    public static partial string? duckdb_enum_dictionary_value(LogicalTypeHandle type, ulong index);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_list_type_child_type(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_array_type_child_type(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial ulong duckdb_array_type_array_size(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_map_type_key_type(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_map_type_value_type(LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial ulong duckdb_struct_type_child_count(LogicalTypeHandle type);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(OwnedString))]
    public static partial string? duckdb_struct_type_child_name(LogicalTypeHandle type, ulong index);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_struct_type_child_type(LogicalTypeHandle type, ulong index);

    [LibraryImport(Library)]
    public static partial ulong duckdb_union_type_member_count(LogicalTypeHandle type);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(OwnedString))]
    public static partial string? duckdb_union_type_member_name(LogicalTypeHandle type, ulong index);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_union_type_member_type(LogicalTypeHandle type, ulong index);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_logical_type(ref nint type);
}
