using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>A table function whose rows come from a <see cref="DbDataReader"/>, once, while DuckDB asks for them.</summary>
internal sealed unsafe class ReaderFunction
{
    private static long _count;

    private readonly Column[] _columns;
    private readonly long? _rows;
    private DbDataReader? _reader;

    private ReaderFunction(DbDataReader reader, Column[] columns, long? rows)
    {
        _reader = reader;
        _columns = columns;
        _rows = rows;
    }

    /// <summary>Makes the function known to SQL.</summary>
    /// <returns>Its name, which no other has.</returns>
    public static string Register(
        ConnectionHandle connection,
        DbDataReader reader,
        IReadOnlyDictionary<string, LogicalType>? types,
        long? rows
    )
    {
        var columns = ReaderColumns.Describe(reader, types);
        for (var i = 0; i < columns.Length; i++)
            ReaderColumns.Create(reader, i, columns[i].Type);

        var name = $"reader_{Interlocked.Increment(ref _count)}";
        using var native = NativeApi.duckdb_create_table_function();
        NativeApi.duckdb_table_function_set_name(native, name);
        NativeApi.duckdb_table_function_supports_projection_pushdown(native, true);
        NativeApi.duckdb_table_function_set_bind(native, &Bind);
        NativeApi.duckdb_table_function_set_init(native, &Start);
        NativeApi.duckdb_table_function_set_function(native, &Fill);
        NativeApi.duckdb_table_function_set_extra_info(
            native,
            Callbacks.Keep(new ReaderFunction(reader, columns, rows)),
            &Callbacks.Release
        );
        return NativeApi.duckdb_register_table_function(connection, native) == State.Success
            ? name
            : throw new EngineException(EngineErrorKind.Catalog, $"DuckDB does not take the table function '{name}'.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        try
        {
            var function = Callbacks.Get<ReaderFunction>(NativeApi.duckdb_bind_get_extra_info(info));
            foreach (var column in function._columns)
            {
                using var type = LogicalTypeConversion.ToNative(column.Type);
                NativeApi.duckdb_bind_add_result_column(info, column.Name, type);
            }
            if (function._rows is { } rows)
                NativeApi.duckdb_bind_set_cardinality(info, (ulong)rows, isExact: false);
        }
        catch (Exception error)
        {
            NativeApi.duckdb_bind_set_error(info, CallbackErrors.Put(error));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Start(nint info)
    {
        try
        {
            var function = Callbacks.Get<ReaderFunction>(NativeApi.duckdb_init_get_extra_info(info));
            var asked = new int[NativeApi.duckdb_init_get_column_count(info)];
            for (var i = 0; i < asked.Length; i++)
                asked[i] = (int)Math.Min(NativeApi.duckdb_init_get_column_index(info, (ulong)i), int.MaxValue);

            NativeApi.duckdb_init_set_max_threads(info, 1);
            NativeApi.duckdb_init_set_init_data(info, Callbacks.Keep(function.Scan(asked)), &Callbacks.Release);
        }
        catch (Exception error)
        {
            NativeApi.duckdb_init_set_error(info, CallbackErrors.Put(error));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Fill(nint info, nint chunk)
    {
        try
        {
            Callbacks.Get<ReaderScan>(NativeApi.duckdb_function_get_init_data(info)).Fill(chunk);
        }
        catch (Exception error)
        {
            NativeApi.duckdb_function_set_error(info, CallbackErrors.Put(error));
        }
    }

    private ReaderScan Scan(int[] asked)
    {
        // The function stays known as long as the database; its reader shall not.
        var reader =
            Interlocked.Exchange(ref _reader, null)
            ?? throw new InvalidOperationException("The rows of a database's reader were already read; they can be read only once.");
        return new ReaderScan(reader, _columns, asked);
    }
}
