using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
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
    private readonly Dictionary<string, FileRows> _files;

    /// <summary>Makes a filter known.</summary>
    /// <param name="connection">Its database learns the function; null if the condition is never run.</param>
    /// <param name="files">By the files' addresses as the engine gives them.</param>
    /// <param name="read">Reads a vector.</param>
    public RowFilter(Connection? connection, IReadOnlyDictionary<string, RowSelection> files, Func<DeletionVector, RowSet> read)
    {
        _files = files.ToDictionary(entry => entry.Key, entry => new FileRows(entry.Value, read));
        if (connection is not null)
            Teach(connection);
        Filters[_id] = this;
    }

    /// <summary>The condition that is true for the rows that stay.</summary>
    public string Condition(string fileColumn, string rowColumn) =>
        string.Create(CultureInfo.InvariantCulture, $"{Function}({_id}, {fileColumn}, {rowColumn})");

    /// <summary>Forgets the filter; queries with its condition fail from now on.</summary>
    public void Dispose() => Filters.TryRemove(_id, out _);

    /// <summary>The function belongs to the database, and a connection does not tell whether another one has registered it.</summary>
    private static void Teach(Connection connection)
    {
        try
        {
            connection.Prepare($"SELECT {Function}(0::BIGINT, '', 0::BIGINT)").Dispose();
        }
        catch (EngineException)
        {
            connection.Register(
                new ScalarFunction(Function, [LogicalType.BigInt, LogicalType.Varchar, LogicalType.BigInt], LogicalType.Boolean, Keep)
                {
                    IsVolatile = true,
                }
            );
        }
    }

    private static void Keep(DataChunk input, VectorWriter output)
    {
        var ids = input.Column(0).Span<long>();
        var names = input.Column(1);
        var rows = input.Column(2).Span<long>();
        var keeps = output.Span<bool>();
        for (var first = 0; first < rows.Length; )
        {
            var name = names.Bytes(first);
            var end = first + 1;
            while (end < rows.Length && names.Bytes(end).SequenceEqual(name))
                end++;
            Of(ids[first], Encoding.UTF8.GetString(name)).Keep(rows[first..end], keeps[first..end]);
            first = end;
        }
    }

    private static FileRows Of(long id, string file) =>
        Filters.TryGetValue(id, out var filter) && filter._files.TryGetValue(file, out var rows)
            ? rows
            : throw new InvalidOperationException($"The scan that reads '{file}' is closed; read the table again.");

    /// <summary>The rows of one file that stay.</summary>
    private sealed class FileRows(RowSelection selection, Func<DeletionVector, RowSet> read)
    {
        private readonly Lazy<RowSet?> _except = new(() => selection.Except is { } vector ? read(vector) : null);
        private readonly Lazy<RowSet?> _only = new(() => selection.Only is { } vector ? read(vector) : null);

        public void Keep(ReadOnlySpan<long> rows, Span<bool> keeps)
        {
            keeps.Fill(true);
            Narrow(_except.Value, rows, keeps, stays: false);
            Narrow(_only.Value, rows, keeps, stays: true);
        }

        private static void Narrow(RowSet? set, ReadOnlySpan<long> rows, Span<bool> keeps, bool stays)
        {
            if (set is null)
                return;
            Span<ulong> bits = stackalloc ulong[RowSet.BlockWords];
            var block = -1L;
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                if (row / RowSet.BlockRows != block)
                    set.Spread(block = row / RowSet.BlockRows, bits);
                var isIn = (bits[(int)(row % RowSet.BlockRows) >> 6] & (1UL << (int)(row & 63))) != 0;
                keeps[i] &= isIn == stays;
            }
        }
    }
}

/// <summary>Which rows of a data file are meant.</summary>
/// <param name="Except">Not those that this vector deletes.</param>
/// <param name="Only">None but those that this vector deletes; null for all.</param>
internal readonly record struct RowSelection(DeletionVector? Except, DeletionVector? Only = null);
