using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>Makes a <see cref="TableFunction"/> known to DuckDB, and receives DuckDB's calls of it.</summary>
internal static unsafe class TableFunctionRegistration
{
    public static void Register(ConnectionHandle connection, TableFunction function)
    {
        using var native = NativeApi.duckdb_create_table_function();
        NativeApi.duckdb_table_function_set_name(native, function.Name);
        NativeApi.duckdb_table_function_supports_projection_pushdown(native, true);
        NativeApi.duckdb_table_function_set_bind(native, &Bind);
        NativeApi.duckdb_table_function_set_init(native, &Start);
        NativeApi.duckdb_table_function_set_local_init(native, &StartPart);
        NativeApi.duckdb_table_function_set_function(native, &Fill);
        NativeApi.duckdb_table_function_set_extra_info(native, Callbacks.Keep(function), &Callbacks.Release);
        if (NativeApi.duckdb_register_table_function(connection, native) != State.Success)
            throw new EngineException(EngineErrorKind.Catalog, $"DuckDB does not take the table function '{function.Name}'.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        try
        {
            var function = Callbacks.Get<TableFunction>(NativeApi.duckdb_bind_get_extra_info(info));
            foreach (var column in function.Columns)
            {
                using var type = LogicalTypeConversion.ToNative(column.Type);
                NativeApi.duckdb_bind_add_result_column(info, column.Name, type);
            }
            if (function.Rows is { } rows)
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
            var function = Callbacks.Get<TableFunction>(NativeApi.duckdb_init_get_extra_info(info));
            var asked = new List<int>();
            var positions = new List<int>();
            for (var i = 0; i < (int)NativeApi.duckdb_init_get_column_count(info); i++)
            {
                // An index beyond the columns stands for no column at all: only the number of rows is wanted.
                var column = NativeApi.duckdb_init_get_column_index(info, (ulong)i);
                if (column >= (ulong)function.Columns.Count)
                    continue;
                asked.Add((int)column);
                positions.Add(i);
            }
            var running = new Running(function.Scan(asked), [.. asked.Select(a => function.Columns[a].Type)], positions);
            // First of all, so that whatever fails from here on, DuckDB gives the scan back.
            NativeApi.duckdb_init_set_init_data(info, Callbacks.Keep(running), &Callbacks.Release);
            NativeApi.duckdb_init_set_max_threads(info, (ulong)Math.Max(1, running.Scan.MaxThreads));
        }
        catch (Exception error)
        {
            NativeApi.duckdb_init_set_error(info, CallbackErrors.Put(error));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void StartPart(nint info)
    {
        try
        {
            // The scan is not at hand here; the part begins with its first chunk.
            NativeApi.duckdb_init_set_init_data(info, Callbacks.Keep(new RunningPart()), &Callbacks.Release);
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
            var running = Callbacks.Get<Running>(NativeApi.duckdb_function_get_init_data(info));
            var part = Callbacks.Get<RunningPart>(NativeApi.duckdb_function_get_local_init_data(info));
            part.Part ??= running.Scan.Begin();
            var rows = part.Part.Fill(new ChunkWriter(chunk, running.Types, running.Positions));
            // DuckDB would read beyond the vectors' memory.
            if (rows < 0 || rows > ChunkWriter.Capacity)
                throw new InvalidOperationException($"A scan said that it gave {rows} rows; a chunk holds {ChunkWriter.Capacity} at most.");
            NativeApi.duckdb_data_chunk_set_size(chunk, (ulong)rows);
        }
        catch (Exception error)
        {
            NativeApi.duckdb_function_set_error(info, CallbackErrors.Put(error));
        }
    }

    private sealed record Running(TableScan Scan, IReadOnlyList<LogicalType> Types, IReadOnlyList<int> Positions) : IDisposable
    {
        public void Dispose() => Scan.Dispose();
    }

    private sealed class RunningPart : IDisposable
    {
        public TableScanPart? Part { get; set; }

        public void Dispose() => Part?.Dispose();
    }
}
