using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>
/// Adds many rows to a table. Rows are written into vectors, column by column; what <see cref="Close"/> did not confirm is dropped, as far
/// as DuckDB has not taken it into the table yet, which it does now and then: work within a transaction where that matters.
/// </summary>
public sealed class Appender : IDisposable
{
    private readonly AppenderHandle _handle;
    private readonly DataChunkHandle _chunk;
    private int _rows;

    internal Appender(ConnectionHandle connection, string table, string? schema, string? catalog)
    {
        var state = NativeApi.duckdb_appender_create_ext(connection, catalog, schema, table, out _handle);
        if (state != State.Success)
        {
            using (_handle)
                throw Failure();
        }

        Types = ReadTypes();
        _chunk = CreateChunk();
    }

    /// <summary>The most rows that can be written before <see cref="Append"/>.</summary>
    public static int Capacity { get; } = (int)NativeApi.duckdb_vector_size();

    /// <summary>The types of the table's columns.</summary>
    public IReadOnlyList<LogicalType> Types { get; }

    /// <summary>A column to write into, from row 0 on; valid until the next <see cref="Append"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    /// <exception cref="ObjectDisposedException">The appender is disposed.</exception>
    public VectorWriter Column(int index)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Types.Count);
        return new(NativeApi.duckdb_data_chunk_get_vector(_chunk.Pointer, (ulong)index), Types[index], Capacity);
    }

    /// <summary>Takes the first rows that have been written into the columns, and empties these.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many rows.</exception>
    /// <exception cref="EngineException">The table does not take a row; the appender can only be disposed then.</exception>
    /// <exception cref="ObjectDisposedException">The appender is disposed.</exception>
    public void Append(int rows)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Capacity);

        NativeApi.duckdb_data_chunk_set_size(_chunk.Pointer, (ulong)rows);
        Check(NativeApi.duckdb_append_data_chunk(_handle, _chunk));
        NativeApi.duckdb_data_chunk_reset(_chunk);
        _rows = 0;
    }

    /// <summary>Adds one row given as objects, as <see cref="VectorReader.GetValue"/> gives them; for few rows. Not to be mixed with <see cref="Column"/>.</summary>
    /// <exception cref="ArgumentException">A value is not of its column's type, or there are too few or too many.</exception>
    /// <exception cref="OverflowException">A value is too large for its column.</exception>
    /// <exception cref="EngineException">The table does not take a row.</exception>
    /// <exception cref="ObjectDisposedException">The appender is disposed.</exception>
    public void AppendRow(params ReadOnlySpan<object?> values)
    {
        if (values.Length != Types.Count)
            throw new ArgumentException($"The table has {Types.Count} columns, not {values.Length}.", nameof(values));

        for (var i = 0; i < values.Length; i++)
            Column(i).SetValue(_rows, values[i]);
        if (++_rows == Capacity)
            Append(_rows);
    }

    /// <summary>Brings all rows into the table.</summary>
    /// <exception cref="EngineException">The table does not take them, for instance for a constraint.</exception>
    /// <exception cref="ObjectDisposedException">The appender is disposed.</exception>
    public void Close()
    {
        if (_rows > 0)
            Append(_rows);
        Check(NativeApi.duckdb_appender_close(_handle));
    }

    /// <summary>Drops the rows that are not in the table yet.</summary>
    public void Dispose()
    {
        if (_handle.IsClosed)
            return;

        // Destroying an appender would write what is left in it.
        NativeApi.duckdb_appender_clear(_handle);
        _handle.Dispose();
        _chunk.Dispose();
    }

    private void Check(State state)
    {
        if (state != State.Success)
            throw Failure();
    }

    private EngineException Failure()
    {
        using var error = NativeApi.duckdb_appender_error_data(_handle);
        return EngineErrors.Create(NativeApi.duckdb_error_data_message(error));
    }

    private LogicalType[] ReadTypes()
    {
        var types = new LogicalType[NativeApi.duckdb_appender_column_count(_handle)];
        for (var i = 0; i < types.Length; i++)
            types[i] = LogicalType.From(NativeApi.duckdb_appender_column_type(_handle, (ulong)i));
        return types;
    }

    private unsafe DataChunkHandle CreateChunk()
    {
        using var types = new NativeHandles<LogicalTypeHandle>([.. Types.Select(LogicalTypeConversion.ToNative)]);
        return NativeApi.duckdb_create_data_chunk(types.Pointer, types.Count);
    }
}
