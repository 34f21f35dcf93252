using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

internal static unsafe partial class NativeApi
{
    [LibraryImport(Library)]
    public static partial ScalarFunctionHandle duckdb_create_scalar_function();

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_scalar_function(ref nint function);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_scalar_function_set_name(ScalarFunctionHandle function, string name);

    [LibraryImport(Library)]
    public static partial void duckdb_scalar_function_set_varargs(ScalarFunctionHandle function, LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial void duckdb_scalar_function_set_special_handling(ScalarFunctionHandle function);

    [LibraryImport(Library)]
    public static partial void duckdb_scalar_function_set_volatile(ScalarFunctionHandle function);

    [LibraryImport(Library)]
    public static partial void duckdb_scalar_function_add_parameter(ScalarFunctionHandle function, LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial void duckdb_scalar_function_set_return_type(ScalarFunctionHandle function, LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial void duckdb_scalar_function_set_extra_info(
        ScalarFunctionHandle function,
        nint extraInfo,
        delegate* unmanaged[Cdecl]<nint, void> destroy
    );

    [LibraryImport(Library)]
    public static partial void duckdb_scalar_function_set_function(
        ScalarFunctionHandle function,
        delegate* unmanaged[Cdecl]<nint, nint, nint, void> body
    );

    [LibraryImport(Library)]
    public static partial State duckdb_register_scalar_function(ConnectionHandle connection, ScalarFunctionHandle function);

    [LibraryImport(Library)]
    public static partial nint duckdb_scalar_function_get_extra_info(nint info);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_scalar_function_set_error(nint info, string error);
}
