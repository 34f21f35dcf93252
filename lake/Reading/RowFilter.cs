using System.Collections.Concurrent;
using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Reading;

/// <summary>
/// Keeps, of the rows of data files, those that their deletion vectors leave: a function for the engine, which is called with a vector of
/// row numbers at a time and reads a file's deletion vector when it comes to the first row of that file.
/// </summary>
internal sealed class RowFilter : IDisposable
{
    private const string Function = "hub_keeps_row";

    private static readonly ConcurrentDictionary<long, RowFilter> Filters = new();
    private static long _last;

    private readonly long _id = Interlocked.Increment(ref _last);
    private readonly FileRows[] _files;

    /// <summary>Makes a filter known.</summary>
    /// <param name="connection">Its database learns the function; null if the condition is never run.</param>
    /// <param name="files">What is meant of each file, in the order in which the query lists them.</param>
    /// <param name="read">Reads a vector.</param>
    public RowFilter(Connection? connection, IEnumerable<RowSelection> files, Func<DeletionVector, RowSet> read)
    {
        _files = [.. files.Select(selection => new FileRows(selection, read))];
        if (connection is not null)
            Teach(connection);
        Filters[_id] = this;
    }

    /// <summary>The condition that is true for the rows that stay.</summary>
    /// <param name="fileColumn">The place of a row's file in the list, from 0.</param>
    /// <param name="rowColumn">The row's number in the file, from 0.</param>
    public string Condition(string fileColumn, string rowColumn) =>
        string.Create(CultureInfo.InvariantCulture, $"{Function}({_id}, {fileColumn}, {rowColumn})");

    /// <summary>Forgets the filter; queries with its condition fail from now on.</summary>
    public void Dispose() => Filters.TryRemove(_id, out _);

    /// <summary>The function belongs to the database, and a connection does not tell whether another one has registered it.</summary>
    private static void Teach(Connection connection)
    {
        try
        {
            connection.Prepare($"SELECT {Function}(0::BIGINT, 0::UBIGINT, 0::BIGINT)").Dispose();
        }
        catch (EngineException)
        {
            connection.Register(
                new ScalarFunction(Function, [LogicalType.BigInt, LogicalType.UBigInt, LogicalType.BigInt], LogicalType.Boolean, Keep)
                {
                    IsVolatile = true,
                }
            );
        }
    }

    private static void Keep(DataChunk input, VectorWriter output)
    {
        var ids = input.Column(0).Span<long>();
        var files = input.Column(1).Span<ulong>();
        var rows = input.Column(2).Span<long>();
        var keeps = output.Span<bool>();
        for (var first = 0; first < rows.Length; )
        {
            var more = files[first..].IndexOfAnyExcept(files[first]);
            var end = more < 0 ? rows.Length : first + more;
            Of(ids[first], files[first]).Keep(rows[first..end], keeps[first..end]);
            first = end;
        }
    }

    private static FileRows Of(long id, ulong file) =>
        Filters.TryGetValue(id, out var filter)
            ? filter._files[file]
            : throw new InvalidOperationException("The scan that the query is of is closed; read the table again.");

    /// <summary>The rows of one file that stay.</summary>
    private sealed class FileRows(RowSelection selection, Func<DeletionVector, RowSet> read)
    {
        private readonly Lazy<RowSet?> _except = new(() => selection.Except is { } vector ? read(vector) : null);
        private readonly Lazy<RowSet?> _only = new(() => selection.Only is { } vector ? read(vector) : null);

        public void Keep(ReadOnlySpan<long> rows, Span<bool> keeps)
        {
            var only = _only.Value;
            keeps.Fill(only is null);
            // What a file holds comes in order and without gaps, unless the engine has left rows out already.
            var isRange = IsRange(rows);
            Mark(only, rows, isRange, keeps, stays: true);
            Mark(_except.Value, rows, isRange, keeps, stays: false);
        }

        private static bool IsRange(ReadOnlySpan<long> rows)
        {
            for (var i = 1; i < rows.Length; i++)
            {
                if (rows[i] != rows[0] + i)
                    return false;
            }
            return true;
        }

        private static void Mark(RowSet? set, ReadOnlySpan<long> rows, bool isRange, Span<bool> keeps, bool stays)
        {
            if (set is null)
                return;
            if (isRange)
                set.Mark(rows[0], keeps, stays);
            else
                MarkSingly(set, rows, keeps, stays);
        }

        private static void MarkSingly(RowSet set, ReadOnlySpan<long> rows, Span<bool> keeps, bool stays)
        {
            Span<ulong> bits = stackalloc ulong[RowSet.BlockWords];
            var block = -1L;
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                if (row / RowSet.BlockRows != block)
                    set.Spread(block = row / RowSet.BlockRows, bits);
                if ((bits[(int)(row % RowSet.BlockRows) >> 6] & (1UL << (int)(row & 63))) != 0)
                    keeps[i] = stays;
            }
        }
    }
}

/// <summary>Which rows of a data file are meant.</summary>
/// <param name="Except">Not those that this vector deletes.</param>
/// <param name="Only">None but those that this vector deletes; null for all.</param>
internal readonly record struct RowSelection(DeletionVector? Except, DeletionVector? Only = null);
