using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Writing;

/// <summary>
/// Changes single rows of a table. First the rows are found that a clause applies to, and kept by file and position in a temporary table,
/// with the incoming rows that they match; then only the files that hold one are written anew, in one pass. The engine does all of it, and spills what is too large.
/// </summary>
internal sealed class RowRewrite
{
    private const string ChangeColumn = "_change_type";

    /// <summary>The share of a file's rows up to which they are listed as deleted; beyond it, reading past them costs more than the list spares.</summary>
    private const double MostDeleted = 0.3;

    /// <summary>As many as the engine gathers before it writes any.</summary>
    private const int ManyRows = 100_000;

    private readonly string _table;
    private readonly Connection _connection;
    private readonly WriteStaging _staging;
    private readonly WriteTarget _target;
    private readonly RowEdit _edit;
    private readonly RowRewriteSql _sql;

    public RowRewrite(string table, Connection connection, WriteStaging staging, WriteTarget target, RowEdit edit) =>
        (_table, _connection, _staging, _target, _edit, _sql) = (
            table,
            connection,
            staging,
            target.Numbered(),
            edit,
            new(connection, target.Numbered(), edit)
        );

    /// <summary>Writes the files.</summary>
    /// <exception cref="LakeException">A data file is gone or damaged, a row is not allowed, or the table is partitioned as no rows are written.</exception>
    public RewrittenRows Stage(CancellationToken ct)
    {
        try
        {
            WriteTarget.RequirePartitionable(_target.PartitionFields);
            CreatePairs(ct);
            return Rewrite(ct);
        }
        catch (FormatException e)
        {
            throw new LakeException(_table, e.Message, _target.Before?.Version, cause: e);
        }
        catch (EngineException e) when (_target.Before?.Explain(e, _edit.Candidates) is { } known)
        {
            throw known;
        }
        finally
        {
            _sql.Dispose();
            _connection.Execute($"DROP TABLE IF EXISTS {_sql.Pairs}", CancellationToken.None);
            _connection.Execute($"DROP TABLE IF EXISTS {_sql.Changes}", CancellationToken.None);
            _connection.Execute($"DROP TYPE IF EXISTS {_sql.FileType}", CancellationToken.None);
        }
    }

    private void CreatePairs(CancellationToken ct)
    {
        if (_edit.Candidates.Count > 0)
            _connection.Execute(
                $"CREATE TEMPORARY TYPE {_sql.FileType} AS ENUM ({string.Join(", ", _edit.Candidates.Select(file => Sql.Literal(_sql.Locate(file))).Distinct())})",
                ct
            );
        _connection.Execute($"CREATE TEMPORARY TABLE {_sql.Pairs} AS {_sql.PairsSql()}", ct);
    }

    private RewrittenRows Rewrite(CancellationToken ct)
    {
        var counts = CountByClause(ct);
        var touched = TouchedFiles(ct);
        var gone = touched.Where(file => file.IsEmptied).Select(file => file.File).ToList();
        var vectored = touched.Where(file => !file.IsEmptied && IsVectored(file)).Select(file => file.File).ToList();
        var rewritten = touched.Where(file => !file.IsEmptied && !IsVectored(file)).ToList();
        List<DataFile> anew = [.. rewritten.Select(file => file.File)];
        var keepsChanges = _target.KeepsChanges && touched.Exists(file => !file.IsEmptied);
        if (keepsChanges)
            CreateChanges([.. touched.Select(file => file.File)], [.. anew, .. vectored], ct);
        var parts = keepsChanges ? UnchangedSql(anew).Append(NewSql()).ToList() : AllSql(anew, vectored).ToList();
        var written = Passes(parts).SelectMany(rows => _staging.Write(rows, ct, _target)).ToList();
        var updated = Sum(counts, RowClauseKind.Update);
        var copied = rewritten.Sum(file => file.Rows - file.Touched);
        return new()
        {
            Written = written,
            Gone = [.. gone, .. anew],
            Vectors = WriteVectors(vectored, ct),
            Changes = keepsChanges ? _staging.WriteChanges($"SELECT *{WithoutNumbers} FROM {_sql.Changes}", ct) : [],
            ByClause = counts,
            Updated = updated,
            Deleted = Sum(counts, RowClauseKind.Delete),
            Copied = copied,
            Inserted = written.Sum(file => file.Rows) - copied - updated,
        };
    }

    /// <summary>In one query with the others, many incoming rows would need the buffers of both at once; few would make a small file by themselves.</summary>
    private List<string> Passes(List<string> parts) =>
        parts.Count == 0 || _edit.Incoming?.Count > ManyRows ? parts : [string.Join("\nUNION ALL ", parts)];

    /// <summary>Whether a few of many rows go, so that listing them is cheaper than writing the others anew.</summary>
    private bool IsVectored(TouchedFile file) =>
        _target.WritesVectors
        && file.File.Statistics.Rows is { } rows
        && (file.File.Action.DeletionVector?.Cardinality ?? 0) + file.Touched <= MostDeleted * rows;

    private IEnumerable<string> AllSql(List<DataFile> anew, List<DataFile> vectored)
    {
        if (anew.Count > 0)
            yield return _sql.ChangedSql(anew, "LEFT JOIN", $"({_sql.In(RowClauseKind.Delete)}) IS NOT TRUE");
        if (vectored.Count > 0 && _sql.HasUpdates)
            yield return _sql.UpdatedSql(vectored);
        foreach (var insert in _sql.InsertSql())
            yield return insert;
    }

    private IEnumerable<string> UnchangedSql(List<DataFile> anew)
    {
        if (anew.Count > 0)
            yield return _sql.ChangedSql(anew, "LEFT JOIN", $"({_sql.In(RowClauseKind.Update, RowClauseKind.Delete)}) IS NOT TRUE");
    }

    private string NewSql() =>
        $"SELECT * EXCLUDE ({ChangeColumn}) FROM {_sql.Changes} WHERE {ChangeColumn} IN ('insert', 'update_postimage')";

    /// <summary>Files of changes do not have the numbers of rows.</summary>
    private string WithoutNumbers =>
        _target.Tracking is { } tracking ? $" EXCLUDE ({string.Join(", ", tracking.Fields.Select(column => Name(column.Name)))})" : "";

    /// <summary>Keeps the rows that change, before and after, so that what is written of them to the table and to its change feed is the same.</summary>
    private void CreateChanges(IReadOnlyList<DataFile> before, IReadOnlyList<DataFile> after, CancellationToken ct)
    {
        var present = _target.Schema.Fields.Select(field => $"{_target.Present(field)} AS {Name(field.Name)}");
        List<string> parts =
        [
            $"""
                SELECT {string.Join(", ", present)}, CASE WHEN {_sql.In(
                    RowClauseKind.Delete
                )} THEN 'delete' ELSE 'update_preimage' END AS {ChangeColumn}
                {_sql.JoinedSql(before, "JOIN")} WHERE {_sql.In(RowClauseKind.Update, RowClauseKind.Delete)}
                """,
        ];
        if (after.Count > 0 && _sql.HasUpdates)
            parts.Add(Changed(_sql.UpdatedSql(after), "update_postimage"));
        parts.AddRange(_sql.InsertSql().Select(insert => Changed(insert, "insert")));
        _staging.Checked(() => _connection.Execute($"CREATE TEMPORARY TABLE {_sql.Changes} AS {string.Join("\nUNION ALL ", parts)}", ct));
    }

    private string Changed(string rows, string change) => $"SELECT *, '{change}' FROM (\n{_target.Rules.Apply(rows, _target.Schema)}\n)";

    private IReadOnlyList<(DataFile File, DeletionVector Vector)> WriteVectors(List<DataFile> files, CancellationToken ct)
    {
        if (files.Count == 0)
            return [];
        var writer = _staging.Vectors;
        var byAddress = files.ToDictionary(_sql.Locate);
        using var result = _connection.Query(
            $"""
            SELECT CAST({Name(RowRewriteSql.FileColumn)} AS VARCHAR), {Name(RowRewriteSql.RowColumn)} FROM {_sql.Pairs}
            WHERE {_sql.In(RowClauseKind.Update, RowClauseKind.Delete)} AND {Name(RowRewriteSql.FileColumn)} IN ({_sql.Addresses(files)})
            ORDER BY {Name(RowRewriteSql.FileColumn)}, {Name(RowRewriteSql.RowColumn)}
            """,
            ct
        );
        string? current = null;
        var rows = new RowSetBuilder();
        foreach (var chunk in result.Chunks())
        {
            var names = chunk.Column(0);
            var numbers = chunk.Column(1).Span<long>();
            for (var first = 0; first < chunk.Length; )
            {
                var end = first + 1;
                while (end < chunk.Length && names.Bytes(end).SequenceEqual(names.Bytes(first)))
                    end++;
                var name = Encoding.UTF8.GetString(names.Bytes(first));
                if (name != current && current is not null)
                {
                    writer.Add(byAddress[current], rows, _target.Before!.Version);
                    rows = new();
                }
                current = name;
                rows.Add(numbers[first..end]);
                first = end;
            }
        }
        writer.Add(byAddress[current!], rows, _target.Before!.Version);
        return writer.Finish();
    }

    private long Sum(long[] counts, RowClauseKind kind) =>
        _edit.Clauses.Select((clause, index) => clause.Kind == kind ? counts[index] : 0).Sum();

    private long[] CountByClause(CancellationToken ct)
    {
        var counts = new long[_edit.Clauses.Count];
        using var result = _connection.Query(
            $"SELECT {Name(RowRewriteSql.ClauseColumn)}, count(*) FROM {_sql.Pairs} WHERE {Name(RowRewriteSql.ClauseColumn)} IS NOT NULL GROUP BY ALL",
            ct
        );
        foreach (var row in result.Rows())
            counts[Convert.ToInt32(row[0])] = (long)row[1]!;
        return counts;
    }

    private List<TouchedFile> TouchedFiles(CancellationToken ct)
    {
        var files = _edit.Candidates.ToDictionary(_sql.Locate);
        using var result = _connection.Query(
            $"""
            SELECT CAST({Name(RowRewriteSql.FileColumn)} AS VARCHAR), count(*), count(*) FILTER (WHERE {_sql.In(RowClauseKind.Update)})
            FROM {_sql.Pairs} WHERE {_sql.In(RowClauseKind.Update, RowClauseKind.Delete)} GROUP BY ALL ORDER BY ALL
            """,
            ct
        );
        return
        [
            .. result
                .Rows()
                .ToList()
                .Select(row => (File: files[(string)row[0]!], Touched: (long)row[1]!, Updated: (long)row[2]!))
                .Select(file => new TouchedFile(file.File, file.Touched, file.Updated, file.File.Rows ?? CountRows(file.File, ct))),
        ];
    }

    private long CountRows(DataFile file, CancellationToken ct)
    {
        using var scan = _target.Before!.Scan(_connection, [file]);
        using var result = _connection.Query($"SELECT count(*) FROM ({scan.Sql})", ct);
        return result.Scalar<long>();
    }

    private static string Name(string column) => Sql.Identifier(column);

    /// <summary>A file with rows that a clause changes.</summary>
    private sealed record TouchedFile(DataFile File, long Touched, long Updated, long Rows)
    {
        /// <summary>Whether each of its rows is deleted.</summary>
        public bool IsEmptied => Updated == 0 && Touched == Rows;
    }
}
