using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

// Nothing that passes to DuckDB needs the runtime's help, so the calls are compiled with the rest instead of each when it is first made.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/connect
internal static unsafe partial class NativeApi
{
    /// <summary>The name the resolver knows the library by.</summary>
    public const string Library = "duckdb";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial State duckdb_open_ext(string? path, out DatabaseHandle database, ConfigHandle config, out nint error);

    [LibraryImport(Library)]
    public static partial void duckdb_close(ref nint database);

    [LibraryImport(Library)]
    public static partial State duckdb_connect(DatabaseHandle database, out ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial void duckdb_interrupt(ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial Progress duckdb_query_progress(ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial void duckdb_disconnect(ref nint connection);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(BorrowedString))]
    public static partial string? duckdb_library_version();
}
