using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>
/// Merges the rows of a query into a table by keys. The rows are kept once in a temporary table; then the files are found that hold one of
/// the keys, and only those are written anew, joined with the rows in one pass. The engine does all of it, and spills what is too large.
/// </summary>
internal sealed class MergeStaging(string table, Connection connection, WriteStaging staging, WriteTarget target, WriteOptions options)
{
    private const int ShownKeys = 5;
    private const string FileColumn = "data file";

    private readonly string _rows = Sql.Identifier($"merge_{Guid.NewGuid():N}");

    private string _join = "";

    private readonly List<SchemaField> _keys = [.. options.Keys.Select(key => target.Schema.Find(key)!).Distinct()];

    public StagedChange Stage(string query, CancellationToken ct)
    {
        connection.Execute($"CREATE TEMPORARY TABLE {_rows} AS {IncomingSql(query)}", ct);
        try
        {
            RefuseDoubles(ct);
            return Merge(ct);
        }
        catch (EngineException e) when (target.Before?.FindMissingFiles() is [var missing, ..])
        {
            throw new LakeException(table, $"the data file is gone: {e.Message}", target.Before.Version, missing, e);
        }
        finally
        {
            connection.Execute($"DROP TABLE IF EXISTS {_rows}", CancellationToken.None);
        }
    }

    /// <summary>The table's columns under short names that are nobody's, those the query lacks left out, and whether the row deletes.</summary>
    private string IncomingSql(string query)
    {
        var columns = target.Schema.Fields.Select((field, index) => (field, index, Source: target.Match.Sources[index]));
        var values = columns
            .Where(column => column.Source is not null)
            .Select(column => $"{target.Value(column.field, column.Source)} AS c{column.index}");
        var deletes = options.DeleteWhen is null ? "false" : $"coalesce((\n{options.DeleteWhen}\n), false)";
        return $"SELECT {string.Join(", ", values)}, {deletes} AS gone, true AS here FROM (\n{query}\n) AS incoming";
    }

    private void RefuseDoubles(CancellationToken ct)
    {
        var keys = string.Join(", ", _keys.Select(Incoming));
        var shown = string.Join(", ", _keys.Select(key => $"CAST({Incoming(key)} AS VARCHAR)"));
        using var result = connection.Query(
            $"SELECT {shown}, count(*) OVER () FROM (SELECT {keys} FROM {_rows} GROUP BY ALL HAVING count(*) > 1) LIMIT {ShownKeys}",
            ct
        );
        var doubles = result.Rows().ToList();
        if (doubles.Count == 0)
            return;
        var examples = doubles.Select(row =>
            $"({string.Join(", ", _keys.Select((key, index) => $"{key.Name} = {row[index] ?? "null"}"))})"
        );
        throw new LakeException(
            table,
            $"{doubles[0][^1]} keys come in more than once, such as {string.Join(", ", examples)}; deduplicate the rows by {string.Join(", ", _keys.Select(key => key.Name))} before merging them.",
            target.Before?.Version
        );
    }

    private StagedChange Merge(CancellationToken ct)
    {
        var ranges = KeyRanges(ct);
        _join = string.Join(" AND ", _keys.Select((key, index) => SameKey(key, ranges?[index].Nulls ?? true)));
        var candidates = ranges is null ? [] : target.Before?.Matching(ranges) ?? [];
        var matches = FindMatches(candidates, ct);
        var gone = candidates.Where(file => matches.Files.Contains(target.Before!.Locate(file))).ToList();
        var files = staging.Write(gone.Count == 0 ? InsertSql() : RewriteSql(gone), ct);
        var copied = CountRows(gone, ct) - matches.Updated - matches.Deleted;
        var pruning = new FilePruning(target.Schema, target.Metadata.PartitionColumns, ranges ?? []);
        return staging.Change(
            files,
            gone,
            removed => ReadSet.Files(removed, file => ranges is not null && pruning.MayHold(new DataFile(file))),
            new()
            {
                RowsIn = CountIncoming(ct),
                RowsCopied = copied,
                RowsUpdated = matches.Updated,
                RowsDeleted = matches.Deleted,
                RowsInserted = files.Sum(file => file.Rows) - copied - matches.Updated,
            }
        );
    }

    /// <summary>Between which values the incoming keys lie, where that can be told; null if no row came in.</summary>
    private List<ColumnRange>? KeyRanges(CancellationToken ct)
    {
        var bounds = _keys.Select(key =>
            $"CAST(min({Incoming(key)}) AS VARCHAR), CAST(max({Incoming(key)}) AS VARCHAR), count(*) > count({Incoming(key)})"
        );
        using var result = connection.Query($"SELECT count(*), {string.Join(", ", bounds)} FROM {_rows}", ct);
        var row = result.Rows().Single();
        if (row[0] is 0L)
            return null;
        return [.. _keys.Select((key, index) => Range(key, row.AsSpan(1 + (3 * index), 3)))];
    }

    private static ColumnRange Range(SchemaField key, ReadOnlySpan<object?> bounds) =>
        // No value at all has no bounds; then only rows without one can match.
        new(key.Name, (string?)bounds[0], (string?)bounds[1], bounds[2] is true);

    private (HashSet<string> Files, long Updated, long Deleted) FindMatches(IReadOnlyList<DataFile> candidates, CancellationToken ct)
    {
        if (candidates.Count == 0)
            return ([], 0, 0);
        var scan = target.Before!.ScanSql(candidates, [.. _keys.Select(key => key.Name)], FileColumn);
        using var result = connection.Query(
            $"""
            SELECT present.{Sql.Identifier(FileColumn)}, count(*) FILTER (WHERE NOT incoming.gone), count(*) FILTER (WHERE incoming.gone)
            FROM ({scan}) AS present JOIN {_rows} AS incoming ON {_join} GROUP BY ALL
            """,
            ct
        );
        var rows = result.Rows().ToList();
        return ([.. rows.Select(row => (string)row[0]!)], rows.Sum(row => (long)row[1]!), rows.Sum(row => (long)row[2]!));
    }

    /// <summary>All rows of the files, each replaced by its incoming row if there is one, and the incoming rows that replace none.</summary>
    private string RewriteSql(List<DataFile> files)
    {
        var columns = target.Schema.Fields.Select((field, index) => $"{Merged(field, index)} AS {Sql.Identifier(field.Name)}");
        return $"""
            SELECT {string.Join(", ", columns)}
            FROM ({target.Before!.ScanSql(files)}) AS present FULL JOIN {_rows} AS incoming ON {_join}
            WHERE incoming.gone IS NOT TRUE
            """;
    }

    /// <summary>A column that the query lacks keeps the value that the row has.</summary>
    private string Merged(SchemaField field, int index)
    {
        if (target.Before!.Schema.Find(field.Name) is null)
            return $"incoming.c{index}";
        // A struct may have grown since.
        var present = $"CAST(present.{Sql.Identifier(field.Name)} AS {TypeMapping.ToEngine(field.Type)})";
        return target.Match.Sources[index] is null ? present : $"CASE WHEN incoming.here THEN incoming.c{index} ELSE {present} END";
    }

    private string InsertSql()
    {
        var columns = target.Schema.Fields.Select(
            (field, index) =>
                target.Match.Sources[index] is null
                    ? $"{target.Value(field, null)} AS {Sql.Identifier(field.Name)}"
                    : $"c{index} AS {Sql.Identifier(field.Name)}"
        );
        return $"SELECT {string.Join(", ", columns)} FROM {_rows} WHERE NOT gone";
    }

    private long CountRows(List<DataFile> files, CancellationToken ct)
    {
        if (files.Count == 0)
            return 0;
        using var result = connection.Query($"SELECT count(*) FROM ({target.Before!.ScanSql(files)})", ct);
        return result.Scalar<long>();
    }

    private long CountIncoming(CancellationToken ct)
    {
        using var result = connection.Query($"SELECT count(*) FROM {_rows}", ct);
        return result.Scalar<long>();
    }

    /// <summary>Null is equal to null; where none comes in, the engine's plain join says the same and is faster.</summary>
    private string SameKey(SchemaField key, bool nulls) =>
        $"present.{Sql.Identifier(key.Name)} {(nulls ? "IS NOT DISTINCT FROM" : "=")} incoming.{Incoming(key)}";

    private string Incoming(SchemaField key) => $"c{target.Schema.Fields.ToList().FindIndex(field => field.Name == key.Name)}";
}
