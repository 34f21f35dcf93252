using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

// https://duckdb.org/docs/stable/clients/c/config
internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial State duckdb_create_config(out ConfigHandle config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial State duckdb_set_config(ConfigHandle config, string name, string option);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_config(ref nint config);
}
