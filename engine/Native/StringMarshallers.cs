using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace ServerlessHub.Engine.Native;

/// <summary>A <c>const char *</c> that DuckDB keeps: read, never freed.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedOut, typeof(BorrowedString))]
internal static unsafe class BorrowedString
{
    public static string? ConvertToManaged(byte* text) => Marshal.PtrToStringUTF8((nint)text);
}

/// <summary>A <c>char *</c> that becomes ours: read, then given back to <c>duckdb_free</c>.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedOut, typeof(OwnedString))]
internal static unsafe class OwnedString
{
    public static string? ConvertToManaged(byte* text) => Marshal.PtrToStringUTF8((nint)text);

    public static void Free(byte* text) => NativeApi.duckdb_free((nint)text);
}
