using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>Makes a <see cref="ScalarFunction"/> known to DuckDB, and receives DuckDB's calls of it.</summary>
internal static unsafe class ScalarFunctionRegistration
{
    public static void Register(ConnectionHandle connection, ScalarFunction function)
    {
        using var native = NativeApi.duckdb_create_scalar_function();
        NativeApi.duckdb_scalar_function_set_name(native, function.Name);
        foreach (var parameter in function.Parameters)
        {
            using var type = LogicalTypeConversion.ToNative(parameter);
            NativeApi.duckdb_scalar_function_add_parameter(native, type);
        }
        if (function.VarArgs is not null)
        {
            using var type = LogicalTypeConversion.ToNative(function.VarArgs);
            NativeApi.duckdb_scalar_function_set_varargs(native, type);
        }
        using (var type = LogicalTypeConversion.ToNative(function.ReturnType))
            NativeApi.duckdb_scalar_function_set_return_type(native, type);
        if (function.IsVolatile)
            NativeApi.duckdb_scalar_function_set_volatile(native);
        if (function.HandlesNulls)
            NativeApi.duckdb_scalar_function_set_special_handling(native);
        NativeApi.duckdb_scalar_function_set_extra_info(native, Callbacks.Keep(function), &Callbacks.Release);
        NativeApi.duckdb_scalar_function_set_function(native, &Call);

        if (NativeApi.duckdb_register_scalar_function(connection, native) != State.Success)
            throw new EngineException(
                EngineErrorKind.Catalog,
                $"DuckDB takes no function '{function.Name}' with these types; there may be another one that it cannot replace."
            );
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Call(nint info, nint chunk, nint output)
    {
        try
        {
            var function = Callbacks.Get<ScalarFunction>(NativeApi.duckdb_scalar_function_get_extra_info(info));
            using var input = new DataChunk(chunk, ArgumentTypes(function, chunk));
            var writer = new VectorWriter(output, ResultType(function, output), input.Length);
            if (!function.HandlesNulls)
                SpreadNulls(input, ref writer);
            function.Body(input, writer);
        }
        catch (Exception error)
        {
            NativeApi.duckdb_scalar_function_set_error(info, CallbackErrors.Put(error));
        }
    }

    private static IReadOnlyList<LogicalType> ArgumentTypes(ScalarFunction function, nint chunk)
    {
        var count = (int)NativeApi.duckdb_data_chunk_get_column_count(chunk);
        if (count == function.Parameters.Count && function.Parameters.All(p => p.Kind != TypeKind.Any))
            return function.Parameters;

        var types = new LogicalType[count];
        for (var i = 0; i < count; i++)
            types[i] = LogicalType.From(NativeApi.duckdb_vector_get_column_type(NativeApi.duckdb_data_chunk_get_vector(chunk, (ulong)i)));
        return types;
    }

    private static LogicalType ResultType(ScalarFunction function, nint output) =>
        function.ReturnType.Kind == TypeKind.Any ? LogicalType.From(NativeApi.duckdb_vector_get_column_type(output)) : function.ReturnType;

    private static void SpreadNulls(DataChunk input, ref VectorWriter output)
    {
        for (var column = 0; column < input.Types.Count; column++)
        {
            var argument = input.Column(column);
            if (argument.Validity.IsEmpty)
                continue;
            for (var row = 0; row < input.Length; row++)
            {
                if (argument.IsNull(row))
                    output.SetNull(row);
            }
        }
    }
}
