using System.Collections.Immutable;
using System.Globalization;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>
/// The rows of a statement, read forward once, chunk by chunk, while the statement runs. Until it is disposed or read to its end it
/// belongs to its connection: another statement there ends it.
/// </summary>
public sealed class QueryResult : IDisposable
{
    private readonly ResultHandle _handle;
    private readonly string _sql;
    private readonly CancellationTokenRegistration _interruption;
    private readonly CancellationToken _ct;
    private readonly LogicalType[] _types;
    private bool _atEnd;

    internal QueryResult(ResultHandle handle, string sql, CancellationTokenRegistration interruption, CancellationToken ct)
    {
        _handle = handle;
        _sql = sql;
        _interruption = interruption;
        _ct = ct;
        Columns = ReadColumns();
        _types = [.. Columns.Select(c => c.Type)];
    }

    /// <summary>Names and types.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The chunk that <see cref="MoveNextChunk"/> found; valid until its next call.</summary>
    public DataChunk? Chunk { get; private set; }

    /// <summary>Fetches the next chunk of rows; up to 2,048 of them, never none.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="EngineException">The statement fails now.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled or interrupted.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public bool MoveNextChunk()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        Chunk?.Dispose();
        Chunk = null;
        while (!_atEnd)
        {
            var chunk = Fetch();
            if (chunk is null)
            {
                _atEnd = true;
                _interruption.Dispose();
            }
            else if (chunk.Length > 0)
            {
                Chunk = chunk;
                return true;
            }
            else
            {
                chunk.Dispose();
            }
        }
        return false;
    }

    /// <summary>All chunks, each valid until the next one is asked for.</summary>
    /// <inheritdoc cref="MoveNextChunk"/>
    public IEnumerable<DataChunk> Chunks()
    {
        while (MoveNextChunk())
            yield return Chunk!;
    }

    /// <summary>All rows as objects, one array a row: for small results. <see cref="VectorReader.GetValue"/> tells the types.</summary>
    /// <inheritdoc cref="MoveNextChunk"/>
    public IEnumerable<object?[]> Rows()
    {
        while (MoveNextChunk())
        {
            for (var row = 0; row < Chunk!.Length; row++)
                yield return Chunk.GetRow(row);
        }
    }

    /// <summary>The first column of the first row, converted to a number type if that is asked for; default if there is no row or it is null.</summary>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <inheritdoc cref="MoveNextChunk"/>
    public T? Scalar<T>()
    {
        if (!MoveNextChunk() || Chunk!.Column(0).IsNull(0))
            return default;

        var value = Chunk.Column(0).GetValue(0);
        var target = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return value switch
        {
            T wanted => wanted,
            Int128 number => (T)ConvertNumber(number, target),
            _ => (T)Convert.ChangeType(value!, target, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Ends the statement, if it still runs, and gives its memory back.</summary>
    public void Dispose()
    {
        _interruption.Dispose();
        Chunk?.Dispose();
        Chunk = null;
        _handle.Dispose();
    }

    // Sums of whole numbers are HUGEINT, which Convert does not know.
    private static object ConvertNumber(Int128 number, Type target) =>
        Convert.ChangeType((decimal)number, target, CultureInfo.InvariantCulture);

    private unsafe DataChunk? Fetch()
    {
        var handle = NativeApi.duckdb_fetch_chunk(*_handle.Value);
        if (!handle.IsInvalid)
            return new DataChunk(handle, _types);

        handle.Dispose();
        return string.IsNullOrEmpty(NativeApi.duckdb_result_error(_handle.Value)) ? null : throw Statement.Failure(_handle, _sql, _ct);
    }

    private unsafe ImmutableArray<Column> ReadColumns()
    {
        var count = NativeApi.duckdb_column_count(_handle.Value);
        var columns = ImmutableArray.CreateBuilder<Column>((int)count);
        for (var i = 0UL; i < count; i++)
            columns.Add(
                new(
                    NativeApi.duckdb_column_name(_handle.Value, i)!,
                    LogicalType.From(NativeApi.duckdb_column_logical_type(_handle.Value, i))
                )
            );
        return columns.MoveToImmutable();
    }
}
