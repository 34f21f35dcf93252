using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/data_chunk and https://duckdb.org/docs/stable/clients/c/vector
internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial DataChunkHandle duckdb_create_data_chunk(nint* types, ulong columns);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_data_chunk(ref nint chunk);

    [LibraryImport(Library)]
    public static partial void duckdb_data_chunk_reset(DataChunkHandle chunk);

    [LibraryImport(Library)]
    public static partial ulong duckdb_data_chunk_get_column_count(nint chunk);

    [LibraryImport(Library)]
    public static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(Library)]
    public static partial ulong duckdb_data_chunk_get_size(nint chunk);

    [LibraryImport(Library)]
    public static partial void duckdb_data_chunk_set_size(nint chunk, ulong rows);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_vector_get_column_type(nint vector);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial byte* duckdb_vector_get_data(nint vector);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport(Library)]
    public static partial void duckdb_vector_ensure_validity_writable(nint vector);

    [LibraryImport(Library)]
    public static partial void duckdb_unsafe_vector_assign_string_element_len(nint vector, ulong row, byte* text, ulong length);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial ulong duckdb_list_vector_get_size(nint vector);

    [LibraryImport(Library)]
    public static partial State duckdb_list_vector_set_size(nint vector, ulong size);

    [LibraryImport(Library)]
    public static partial State duckdb_list_vector_reserve(nint vector, ulong capacity);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial nint duckdb_struct_vector_get_child(nint vector, ulong index);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial nint duckdb_array_vector_get_child(nint vector);
}
