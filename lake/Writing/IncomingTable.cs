using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>The incoming rows of a merge, kept once in a temporary table, since the query may be costly or not repeatable.</summary>
internal sealed class IncomingTable : IDisposable
{
    /// <summary>Whether the row deletes the one that it matches.</summary>
    public const string GoneColumn = "hub gone";

    private const int ShownKeys = 5;

    private readonly string _table;
    private readonly Connection _connection;
    private readonly WriteTarget _target;
    private readonly List<SchemaField> _keys;
    private readonly string _name = Sql.Identifier($"incoming_{Guid.NewGuid():N}");
    private readonly string _rows;

    public IncomingTable(string table, Connection connection, WriteTarget target, string query, WriteOptions options, CancellationToken ct)
    {
        (_table, _connection, _target) = (table, connection, target);
        _keys = [.. options.Keys.Select(key => target.Schema.Find(key)!).Distinct()];
        // Short names that are nobody's; the row's own number has a name that a column may have, too.
        var columns = target.Incoming.Select((column, index) => (Name: Sql.Identifier(column.Name), Kept: $"c{index}")).ToList();
        var deletes = options.DeleteWhen is null ? "false" : $"coalesce((\n{options.DeleteWhen}\n), false)";
        _rows =
            $"SELECT {string.Concat(columns.Select(column => $"{column.Kept} AS {column.Name}, "))}gone AS {Sql.Identifier(GoneColumn)}, "
            + $"rowid AS {Sql.Identifier(IncomingRows.NumberColumn)} FROM {_name}";
        connection.Execute(
            $"""
            CREATE TEMPORARY TABLE {_name} AS
            SELECT {string.Concat(columns.Select(column => $"incoming.{column.Name} AS {column.Kept}, "))}{deletes} AS gone FROM (
            {query}
            ) AS incoming
            """,
            ct
        );
        using var count = connection.Query($"SELECT count(*) FROM {_name}", ct);
        Count = count.Scalar<long>();
    }

    /// <summary>The rows, and when one is the same as one of the table.</summary>
    /// <param name="ranges">What <see cref="KeyRanges"/> found.</param>
    /// <param name="also">A further condition, or null.</param>
    public IncomingRows Rows(IReadOnlyList<ColumnRange>? ranges, string? also = null)
    {
        var keys = _keys.Select((key, index) => SameKey(key, ranges?[index].Nulls ?? true)).Append(also).Where(part => part is not null);
        return new(_rows, Count, string.Join(" AND ", keys));
    }

    /// <summary>How many rows came in.</summary>
    public long Count { get; }

    /// <summary>How many of the rows lack a value in a column of the table.</summary>
    public long CountNulls(SchemaField field, CancellationToken ct)
    {
        using var result = _connection.Query($"SELECT count(*) FROM ({_rows}) AS source WHERE {_target.FromSource(field)} IS NULL", ct);
        return result.Scalar<long>();
    }

    /// <summary>Ends the merge if two rows have the same keys: which of them wins would be chance.</summary>
    /// <exception cref="LakeException">There are such rows; the message shows some.</exception>
    public void RefuseDoubles(CancellationToken ct)
    {
        var keys = string.Join(", ", _keys.Select((key, index) => $"{_target.FromSource(key)} AS k{index}"));
        var shown = string.Join(", ", _keys.Select((_, index) => $"CAST(k{index} AS VARCHAR)"));
        using var result = _connection.Query(
            $"""
            SELECT {shown}, count(*) OVER ()
            FROM (SELECT * FROM (SELECT {keys} FROM ({_rows}) AS source) GROUP BY ALL HAVING count(*) > 1) LIMIT {ShownKeys}
            """,
            ct
        );
        var doubles = result.Rows().ToList();
        if (doubles.Count == 0)
            return;
        var examples = doubles.Select(row =>
            $"({string.Join(", ", _keys.Select((key, index) => $"{key.Name} = {row[index] ?? "null"}"))})"
        );
        throw new LakeException(
            _table,
            $"{doubles[0][^1]} keys come in more than once, such as {string.Join(", ", examples)}; deduplicate the rows by {string.Join(", ", _keys.Select(key => key.Name))} before merging them.",
            _target.Before?.Version
        );
    }

    /// <summary>Between which values the incoming keys lie, where that can be told; null if no row came in.</summary>
    public List<ColumnRange>? KeyRanges(CancellationToken ct)
    {
        var bounds = _keys.Select(key =>
            $"CAST(min({_target.FromSource(key)}) AS VARCHAR), CAST(max({_target.FromSource(key)}) AS VARCHAR), count(*) > count({_target.FromSource(key)})"
        );
        using var result = _connection.Query($"SELECT count(*), {string.Join(", ", bounds)} FROM ({_rows}) AS source", ct);
        var row = result.Rows().Single();
        return row[0] is 0L ? null : [.. _keys.Select((key, index) => Range(key, row.AsSpan(1 + (3 * index), 3)))];
    }

    public void Dispose() => _connection.Execute($"DROP TABLE IF EXISTS {_name}", CancellationToken.None);

    private static ColumnRange Range(SchemaField key, ReadOnlySpan<object?> bounds) =>
        // No value at all has no bounds; then only rows without one can match.
        new(key.Name, (string?)bounds[0], (string?)bounds[1], bounds[2] is true);

    /// <summary>Null is equal to null; where none comes in, the engine's plain join says the same and is faster.</summary>
    private string SameKey(SchemaField key, bool nulls) =>
        $"target.{Sql.Identifier(key.Name)} {(nulls ? "IS NOT DISTINCT FROM" : "=")} {_target.FromSource(key)}";
}
