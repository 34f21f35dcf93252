using System.Data.Common;

namespace ServerlessHub.Engine;

/// <summary>The one pass over a reader's rows.</summary>
internal sealed class ReaderScan : TableScan
{
    private readonly Part _part;

    /// <param name="reader">The rows.</param>
    /// <param name="columns">All its columns.</param>
    /// <param name="asked">Which of them DuckDB wants, in the order of its chunk.</param>
    public ReaderScan(DbDataReader reader, IReadOnlyList<Column> columns, IReadOnlyList<int> asked)
    {
        // In the reader's order, since a sequential reader gives each column only once, from left to right.
        var inOrder = asked
            .Select((ordinal, position) => (Ordinal: ordinal, Position: position))
            .OrderBy(wanted => wanted.Ordinal)
            .Select(wanted => (ReaderColumns.Create(reader, wanted.Ordinal, columns[wanted.Ordinal].Type), wanted.Position));
        _part = new Part(reader, [.. inOrder]);
    }

    /// <inheritdoc/>
    public override int MaxThreads => 1;

    /// <inheritdoc/>
    public override TableScanPart Begin() => _part;

    private sealed class Part(DbDataReader reader, (ReaderColumn Column, int Position)[] columns) : TableScanPart
    {
        private bool _atEnd;

        public override int Fill(ChunkWriter chunk)
        {
            foreach (var (column, position) in columns)
                column.Begin(chunk.Vector(position));

            var rows = 0;
            while (rows < ChunkWriter.Capacity && !_atEnd)
            {
                if (!reader.Read())
                {
                    _atEnd = true;
                    break;
                }
                foreach (var (column, _) in columns)
                    column.Read(rows);
                rows++;
            }
            return rows;
        }
    }
}
