using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>A chunk that is being filled, column by column, in DuckDB's own memory. Valid during the call that lends it.</summary>
public readonly ref struct ChunkWriter
{
    private readonly nint _chunk;
    private readonly IReadOnlyList<LogicalType> _types;
    private readonly IReadOnlyList<int> _positions;

    internal ChunkWriter(nint chunk, IReadOnlyList<LogicalType> types, IReadOnlyList<int> positions)
    {
        _chunk = chunk;
        _types = types;
        _positions = positions;
    }

    /// <summary>How many rows a chunk holds at most.</summary>
    public static int Capacity { get; } = (int)NativeApi.duckdb_vector_size();

    /// <summary>How many columns there are.</summary>
    public int Columns => _types.Count;

    /// <summary>A column, with room for <see cref="Capacity"/> values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public VectorWriter Column(int index) => new(Vector(index), _types[index], Capacity);

    /// <summary>A column's vector itself.</summary>
    internal nint Vector(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _types.Count);
        return NativeApi.duckdb_data_chunk_get_vector(_chunk, (ulong)_positions[index]);
    }
}
