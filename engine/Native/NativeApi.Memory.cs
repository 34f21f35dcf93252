using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial void duckdb_free(nint pointer);

    [LibraryImport(Library)]
    public static partial ulong duckdb_vector_size();
}
