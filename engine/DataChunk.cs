using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>Some rows, column by column, in DuckDB's own memory. Whoever lends it tells how long it is valid.</summary>
public sealed class DataChunk : IDisposable
{
    private readonly DataChunkHandle? _owned;
    private readonly nint _borrowed;
    private bool _isDisposed;

    internal DataChunk(DataChunkHandle handle, IReadOnlyList<LogicalType> types)
    {
        _owned = handle;
        _borrowed = handle.Pointer;
        Types = types;
        Length = (int)NativeApi.duckdb_data_chunk_get_size(_borrowed);
    }

    internal DataChunk(nint borrowed, IReadOnlyList<LogicalType> types)
    {
        _borrowed = borrowed;
        Types = types;
        Length = (int)NativeApi.duckdb_data_chunk_get_size(borrowed);
    }

    /// <summary>The number of rows.</summary>
    public int Length { get; }

    /// <summary>The columns' types.</summary>
    public IReadOnlyList<LogicalType> Types { get; }

    /// <summary>A column's values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    /// <exception cref="ObjectDisposedException">The chunk is no longer valid.</exception>
    public VectorReader Column(int index)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Types.Count);
        return new(NativeApi.duckdb_data_chunk_get_vector(_borrowed, (ulong)index), Types[index], Length);
    }

    /// <summary>One row as objects; see <see cref="VectorReader.GetValue"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The chunk is no longer valid.</exception>
    public object?[] GetRow(int row)
    {
        var values = new object?[Types.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = Column(i).GetValue(row);
        return values;
    }

    /// <summary>Gives the memory back, where it is this object's own.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _owned?.Dispose();
    }
}
