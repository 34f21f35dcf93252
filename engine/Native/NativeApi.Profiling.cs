using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial nint duckdb_get_profiling_info(ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_profiling_info_get_metrics(nint info);

    [LibraryImport(Library)]
    public static partial ulong duckdb_profiling_info_get_child_count(nint info);

    [LibraryImport(Library)]
    public static partial nint duckdb_profiling_info_get_child(nint info, ulong index);
}
