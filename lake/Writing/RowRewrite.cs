using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>
/// Changes single rows of a table. First the rows are found that a clause applies to, and kept by file and position in a temporary table,
/// with the incoming rows that they match; then only the files that hold one are written anew, in one pass. The engine does all of it, and spills what is too large.
/// </summary>
internal sealed class RowRewrite
{
    private const string FileColumn = "hub file";
    private const string RowColumn = "hub row";
    private const string ClauseColumn = "hub clause";

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
    private readonly List<SnapshotScan> _scans = [];
    private readonly string _name = $"pairs_{Guid.NewGuid():N}";

    public RowRewrite(string table, Connection connection, WriteStaging staging, WriteTarget target, RowEdit edit) =>
        (_table, _connection, _staging, _target, _edit) = (table, connection, staging, target, edit);

    /// <summary>Writes the files.</summary>
    /// <exception cref="LakeException">A data file is gone, or a row is not allowed.</exception>
    public RewrittenRows Stage(CancellationToken ct)
    {
        try
        {
            CreatePairs(ct);
            return Rewrite(ct);
        }
        catch (EngineException e) when (_target.Before?.FindMissingFiles() is [var missing, ..])
        {
            throw new LakeException(_table, $"the data file is gone: {e.Message}", _target.Before.Version, missing, e);
        }
        finally
        {
            _scans.ForEach(scan => scan.Dispose());
            _connection.Execute($"DROP TABLE IF EXISTS {Pairs}", CancellationToken.None);
            _connection.Execute($"DROP TABLE IF EXISTS {Changes}", CancellationToken.None);
            _connection.Execute($"DROP TYPE IF EXISTS {FileType}", CancellationToken.None);
        }
    }

    private bool HasUpdates => _edit.Clauses.Any(clause => clause.Kind == RowClauseKind.Update);

    private string Pairs => Sql.Identifier(_name);

    private string Changes => Sql.Identifier($"{_name}_changes");

    /// <summary>A file's address takes a few bytes a row, not its length.</summary>
    private string FileType => Sql.Identifier($"{_name}_file");

    private void CreatePairs(CancellationToken ct)
    {
        if (_edit.Candidates.Count > 0)
            _connection.Execute(
                $"CREATE TEMPORARY TYPE {FileType} AS ENUM ({string.Join(", ", _edit.Candidates.Select(file => Sql.Literal(Locate(file))).Distinct())})",
                ct
            );
        _connection.Execute($"CREATE TEMPORARY TABLE {Pairs} AS {PairsSql()}", ct);
    }

    /// <summary>The rows of the table that a clause applies to, or that an incoming row matches.</summary>
    private string PairsSql()
    {
        var columns = $"CAST(target.{Name(FileColumn)} AS {FileType}) AS {Name(FileColumn)}, target.{Name(RowColumn)} AS {Name(RowColumn)}";
        var number = Name(IncomingRows.NumberColumn);
        if (_target.Before is null || _edit.Candidates.Count == 0)
            return $"SELECT NULL::VARCHAR AS {Name(FileColumn)}, 0 AS {Name(RowColumn)}, 0 AS {Name(ClauseColumn)}, 0 AS {number} WHERE false";
        var unmatched = RowClause.Choose(_edit.Unmatched, _edit.Matched.Count);
        var scan = $"({Scan(_edit.Candidates)}) AS target";
        if (_edit.Incoming is not { } incoming)
            return $"""
                SELECT * FROM (SELECT {columns}, {unmatched} AS {Name(ClauseColumn)}, CAST(NULL AS BIGINT) AS {number} FROM {scan})
                WHERE {Name(ClauseColumn)} IS NOT NULL
                """;
        var join = _edit.Unmatched.Count == 0 ? "JOIN" : "LEFT JOIN";
        return $"""
            SELECT * FROM (
                SELECT {columns},
                    CASE WHEN source.{number} IS NULL THEN {unmatched} ELSE {RowClause.Choose(_edit.Matched, 0)} END AS {Name(
                ClauseColumn
            )},
                    {(HasUpdates ? "source.*" : $"source.{number}")}
                FROM {scan} {join} ({incoming.Sql}) AS source ON {incoming.On}
            ) WHERE {Name(ClauseColumn)} IS NOT NULL OR {number} IS NOT NULL
            """;
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
        var written = Passes(parts).SelectMany(rows => _staging.Write(rows, ct)).ToList();
        var updated = Sum(counts, RowClauseKind.Update);
        var copied = rewritten.Sum(file => file.Rows - file.Touched);
        return new()
        {
            Written = written,
            Gone = [.. gone, .. anew],
            Vectors = WriteVectors(vectored, ct),
            Changes = keepsChanges ? _staging.WriteChanges($"SELECT * FROM {Changes}", ct) : [],
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
            yield return ChangedSql(anew, "LEFT JOIN", $"({In(RowClauseKind.Delete)}) IS NOT TRUE");
        if (vectored.Count > 0 && HasUpdates)
            yield return UpdatedSql(vectored);
        foreach (var insert in InsertSql())
            yield return insert;
    }

    private IEnumerable<string> UnchangedSql(List<DataFile> anew)
    {
        if (anew.Count > 0)
            yield return ChangedSql(anew, "LEFT JOIN", $"({In(RowClauseKind.Update, RowClauseKind.Delete)}) IS NOT TRUE");
    }

    private string NewSql() => $"SELECT * EXCLUDE ({ChangeColumn}) FROM {Changes} WHERE {ChangeColumn} IN ('insert', 'update_postimage')";

    /// <summary>Keeps the rows that change, before and after, so that what is written of them to the table and to its change feed is the same.</summary>
    private void CreateChanges(IReadOnlyList<DataFile> before, IReadOnlyList<DataFile> after, CancellationToken ct)
    {
        var present = _target.Schema.Fields.Select(field => $"{_target.Present(field)} AS {Name(field.Name)}");
        List<string> parts =
        [
            $"""
                SELECT {string.Join(", ", present)}, CASE WHEN {In(
                    RowClauseKind.Delete
                )} THEN 'delete' ELSE 'update_preimage' END AS {ChangeColumn}
                {JoinedSql(before, "JOIN")} WHERE {In(RowClauseKind.Update, RowClauseKind.Delete)}
                """,
        ];
        if (after.Count > 0 && HasUpdates)
            parts.Add(Changed(UpdatedSql(after), "update_postimage"));
        parts.AddRange(InsertSql().Select(insert => Changed(insert, "insert")));
        _staging.Checked(() => _connection.Execute($"CREATE TEMPORARY TABLE {Changes} AS {string.Join("\nUNION ALL ", parts)}", ct));
    }

    private string Changed(string rows, string change) => $"SELECT *, '{change}' FROM (\n{_target.Rules.Apply(rows, _target.Schema)}\n)";

    private IReadOnlyList<(DataFile File, DeletionVector Vector)> WriteVectors(List<DataFile> files, CancellationToken ct)
    {
        if (files.Count == 0)
            return [];
        var writer = _staging.Vectors;
        var byAddress = files.ToDictionary(Locate);
        using var result = _connection.Query(
            $"""
            SELECT CAST({Name(FileColumn)} AS VARCHAR), {Name(RowColumn)} FROM {Pairs}
            WHERE {In(RowClauseKind.Update, RowClauseKind.Delete)} AND {Name(FileColumn)} IN ({Addresses(files)})
            ORDER BY {Name(FileColumn)}, {Name(RowColumn)}
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
            $"SELECT {Name(ClauseColumn)}, count(*) FROM {Pairs} WHERE {Name(ClauseColumn)} IS NOT NULL GROUP BY ALL",
            ct
        );
        foreach (var row in result.Rows())
            counts[Convert.ToInt32(row[0])] = (long)row[1]!;
        return counts;
    }

    private List<TouchedFile> TouchedFiles(CancellationToken ct)
    {
        var files = _edit.Candidates.ToDictionary(Locate);
        using var result = _connection.Query(
            $"""
            SELECT CAST({Name(FileColumn)} AS VARCHAR), count(*), count(*) FILTER (WHERE {In(RowClauseKind.Update)})
            FROM {Pairs} WHERE {In(RowClauseKind.Update, RowClauseKind.Delete)} GROUP BY ALL ORDER BY ALL
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

    /// <summary>Rows of the files, updated or as they are.</summary>
    private string ChangedSql(IReadOnlyList<DataFile> files, string join, string condition)
    {
        var columns = _target.Schema.Fields.Select(field => $"{Changed(field)} AS {Name(field.Name)}");
        return $"SELECT {string.Join(", ", columns)} {JoinedSql(files, join)} WHERE {condition}";
    }

    /// <summary>The updated rows of the files. What an update says anew is not asked of the files, so that the engine need not read it.</summary>
    private string UpdatedSql(IReadOnlyList<DataFile> files)
    {
        var columns = _target.Schema.Fields.Select(field => $"{Updated(field)} AS {Name(field.Name)}");
        var rows = NeedsFiles
            ? $"{JoinedSql(files, "JOIN")} WHERE {In(RowClauseKind.Update)}"
            : $"FROM {Pairs} AS source WHERE {In(RowClauseKind.Update)} AND {Name(FileColumn)} IN ({Addresses(files)})";
        return $"SELECT {string.Join(", ", columns)} {rows}";
    }

    /// <summary>Whether an updated row has anything of the row that it was.</summary>
    private bool NeedsFiles =>
        !_edit
            .Clauses.Where(clause => clause.Kind == RowClauseKind.Update)
            .All(clause => clause.IsFromSource && _target.Schema.Fields.All(column => NewValue(clause, column) is not null));

    private string Addresses(IEnumerable<DataFile> files) => string.Join(", ", files.Select(file => Sql.Literal(Locate(file))));

    /// <summary>The rows of the files, each with what happens to it.</summary>
    private string JoinedSql(IReadOnlyList<DataFile> files, string join)
    {
        return $"""
            FROM ({Scan(files)}) AS target {join} {Pairs} AS source
                ON CAST(target.{Name(FileColumn)} AS {FileType}) = source.{Name(FileColumn)} AND target.{Name(RowColumn)} = source.{Name(
                RowColumn
            )}
            """;
    }

    private string Changed(SchemaField field)
    {
        var present = _target.Present(field);
        var cases = Updates(field)
            .Where(update => update.Value is not null)
            .Select(update => $"WHEN {update.Index} THEN {_target.Cast(field, update.Value!)}")
            .ToList();
        return cases.Count == 0 ? present : $"CASE source.{Name(ClauseColumn)} {string.Join(' ', cases)} ELSE {present} END";
    }

    private string Updated(SchemaField field)
    {
        var values = Updates(field)
            .Select(update => (update.Index, Value: update.Value is { } value ? _target.Cast(field, value) : _target.Present(field)))
            .ToList();
        return values.Count == 1
            ? values[0].Value
            : $"CASE source.{Name(ClauseColumn)} {string.Join(' ', values.Select(update => $"WHEN {update.Index} THEN {update.Value}"))} END";
    }

    private IEnumerable<(int Index, string? Value)> Updates(SchemaField field) =>
        _edit
            .Clauses.Select((clause, index) => (clause, index))
            .Where(entry => entry.clause.Kind == RowClauseKind.Update)
            .Select(entry => (entry.index, NewValue(entry.clause, field)));

    /// <summary>What an update says of a column; one that the table generates is worked out anew, whatever it is made of.</summary>
    private string? NewValue(RowClause clause, SchemaField field) =>
        clause.Value?.Invoke(field) ?? (_target.Rules.IsGenerated(field) ? "NULL" : null);

    private IEnumerable<string> InsertSql()
    {
        if (_edit.Incoming is not { } incoming || _edit.Inserts.Count == 0)
            yield break;
        var number = Name(IncomingRows.NumberColumn);
        var clause = RowClause.Choose(_edit.Inserts, 0);
        var values = _target.Schema.Fields.Select(field => $"{Inserted(field)} AS {Name(field.Name)}");
        var paired = _edit.InsertsSuccessors ? $" AND ({In(RowClauseKind.Update)}) IS NOT TRUE" : "";
        yield return $"""
            SELECT {string.Join(", ", values)} FROM (
                SELECT source.*, {clause} AS {Name(ClauseColumn)}
                FROM ({incoming.Sql}) AS source ANTI JOIN {Pairs} AS pairs ON pairs.{number} = source.{number}{paired}
            ) AS source WHERE source.{Name(ClauseColumn)} IS NOT NULL
            """;
    }

    private string Inserted(SchemaField field)
    {
        var values = _edit.Inserts.Select(clause =>
            clause.Value?.Invoke(field) is { } value ? _target.Cast(field, value) : _target.Absent(field)
        );
        if (_edit.Inserts.Count == 1)
            return values.Single();
        return $"CASE source.{Name(ClauseColumn)} {string.Join(' ', values.Select((value, index) => $"WHEN {index} THEN {value}"))} END";
    }

    /// <summary>Whether the clause of a pair is of one of the kinds.</summary>
    private string In(params RowClauseKind[] kinds)
    {
        var numbers = _edit.Clauses.Select((clause, index) => (clause.Kind, index)).Where(clause => kinds.Contains(clause.Kind)).ToList();
        return numbers.Count == 0 ? "false" : $"{Name(ClauseColumn)} IN ({string.Join(", ", numbers.Select(clause => clause.index))})";
    }

    private string Scan(IReadOnlyList<DataFile> files)
    {
        _scans.Add(_target.Before!.Scan(_connection, files, columns: null, FileColumn, RowColumn));
        return _scans[^1].Sql;
    }

    private string Locate(DataFile file) => _target.Before!.Locate(file);

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
