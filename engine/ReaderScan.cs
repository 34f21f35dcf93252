using System.Data.Common;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>One pass over a reader's rows.</summary>
internal sealed class ReaderScan
{
    private readonly DbDataReader _reader;

    // In the reader's order, since a sequential reader gives each column only once, from left to right.
    private readonly (ReaderColumn Column, ulong Position)[] _columns;
    private readonly int _capacity = (int)NativeApi.duckdb_vector_size();
    private bool _atEnd;

    /// <param name="reader">The rows.</param>
    /// <param name="columns">All its columns.</param>
    /// <param name="asked">Which of them DuckDB wants, by the position in its chunk; an index beyond them stands for no column at all.</param>
    public ReaderScan(DbDataReader reader, Column[] columns, int[] asked)
    {
        _reader = reader;
        _columns =
        [
            .. asked
                .Select((ordinal, position) => (Ordinal: ordinal, Position: (ulong)position))
                .Where(wanted => wanted.Ordinal < columns.Length)
                .OrderBy(wanted => wanted.Ordinal)
                .Select(wanted => (ReaderColumns.Create(reader, wanted.Ordinal, columns[wanted.Ordinal].Type), wanted.Position)),
        ];
    }

    /// <summary>Fills a chunk with the next rows; with none at the end.</summary>
    public void Fill(nint chunk)
    {
        foreach (var (column, position) in _columns)
            column.Begin(NativeApi.duckdb_data_chunk_get_vector(chunk, position));

        var rows = 0;
        while (rows < _capacity && !_atEnd)
        {
            if (!_reader.Read())
            {
                _atEnd = true;
                break;
            }
            foreach (var (column, _) in _columns)
                column.Read(rows);
            rows++;
        }
        NativeApi.duckdb_data_chunk_set_size(chunk, (ulong)rows);
    }
}
