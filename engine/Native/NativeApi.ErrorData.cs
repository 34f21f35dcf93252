using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace ServerlessHub.Engine.Native;

internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial void duckdb_destroy_error_data(ref nint error);

    [LibraryImport(Library)]
    [return: MarshalUsing(typeof(BorrowedString))]
    public static partial string? duckdb_error_data_message(ErrorDataHandle error);
}
