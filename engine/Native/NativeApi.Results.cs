using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/query
internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial void duckdb_destroy_result(Result* result);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(BorrowedString))]
    public static partial string? duckdb_column_name(Result* result, ulong column);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_column_logical_type(Result* result, ulong column);

    [LibraryImport(Library)]
    public static partial ulong duckdb_column_count(Result* result);

    [LibraryImport(Library)]
    public static partial ulong duckdb_rows_changed(Result* result);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(BorrowedString))]
    public static partial string? duckdb_result_error(Result* result);

    [LibraryImport(Library)]
    public static partial EngineErrorKind duckdb_result_error_type(Result* result);

    [LibraryImport(Library)]
    public static partial DataChunkHandle duckdb_fetch_chunk(Result result);
}
