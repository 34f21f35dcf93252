using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/appender
internal static unsafe partial class NativeApi
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial State duckdb_appender_create_ext(
        ConnectionHandle connection,
        string? catalog,
        string? schema,
        string table,
        out AppenderHandle appender
    );

    [LibraryImport(Library)]
    public static partial ulong duckdb_appender_column_count(AppenderHandle appender);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_appender_column_type(AppenderHandle appender, ulong column);

    [LibraryImport(Library)]
    public static partial ErrorDataHandle duckdb_appender_error_data(AppenderHandle appender);

    [LibraryImport(Library)]
    public static partial State duckdb_appender_flush(AppenderHandle appender);

    [LibraryImport(Library)]
    public static partial State duckdb_appender_clear(AppenderHandle appender);

    [LibraryImport(Library)]
    public static partial State duckdb_appender_close(AppenderHandle appender);

    [LibraryImport(Library)]
    public static partial State duckdb_appender_destroy(ref nint appender);

    [LibraryImport(Library)]
    public static partial State duckdb_append_data_chunk(AppenderHandle appender, DataChunkHandle chunk);
}
