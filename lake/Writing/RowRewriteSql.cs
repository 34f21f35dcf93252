using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>The queries by which a <see cref="RowRewrite"/> finds the rows that its clauses apply to, and makes the rows that come of them.</summary>
/// <param name="connection">Where they run.</param>
/// <param name="target">The table.</param>
/// <param name="edit">What is done with its rows.</param>
internal sealed class RowRewriteSql(Connection connection, WriteTarget target, RowEdit edit) : IDisposable
{
    public const string FileColumn = "hub file";
    public const string RowColumn = "hub row";
    public const string ClauseColumn = "hub clause";

    private readonly List<SnapshotScan> _scans = [];
    private readonly string _name = $"pairs_{Guid.NewGuid():N}";

    public bool HasUpdates => edit.Clauses.Any(clause => clause.Kind == RowClauseKind.Update);

    /// <summary>The temporary table of the rows that change, by file and position, with the incoming rows that they match.</summary>
    public string Pairs => Sql.Identifier(_name);

    /// <summary>The temporary table of the rows before and after their change.</summary>
    public string Changes => Sql.Identifier($"{_name}_changes");

    /// <summary>A file's address takes a few bytes a row, not its length.</summary>
    public string FileType => Sql.Identifier($"{_name}_file");

    /// <summary>The rows of the table that a clause applies to, or that an incoming row matches.</summary>
    public string PairsSql()
    {
        var columns = $"CAST(target.{Name(FileColumn)} AS {FileType}) AS {Name(FileColumn)}, target.{Name(RowColumn)} AS {Name(RowColumn)}";
        var number = Name(IncomingRows.NumberColumn);
        if (target.Before is null || edit.Candidates.Count == 0)
            return $"SELECT NULL::VARCHAR AS {Name(FileColumn)}, 0 AS {Name(RowColumn)}, 0 AS {Name(ClauseColumn)}, 0 AS {number} WHERE false";
        var unmatched = RowClause.Choose(edit.Unmatched, edit.Matched.Count);
        var scan = $"({Scan(edit.Candidates)}) AS target";
        if (edit.Incoming is not { } incoming)
            return $"""
                SELECT * FROM (SELECT {columns}, {unmatched} AS {Name(ClauseColumn)}, CAST(NULL AS BIGINT) AS {number} FROM {scan})
                WHERE {Name(ClauseColumn)} IS NOT NULL
                """;
        var join = edit.Unmatched.Count == 0 ? "JOIN" : "LEFT JOIN";
        return $"""
            SELECT * FROM (
                SELECT {columns},
                    CASE WHEN source.{number} IS NULL THEN {unmatched} ELSE {RowClause.Choose(edit.Matched, 0)} END AS {Name(
                ClauseColumn
            )},
                    {(HasUpdates ? "source.*" : $"source.{number}")}
                FROM {scan} {join} ({incoming.Sql}) AS source ON {incoming.On}
            ) WHERE {Name(ClauseColumn)} IS NOT NULL OR {number} IS NOT NULL
            """;
    }

    /// <summary>Rows of the files, updated or as they are.</summary>
    public string ChangedSql(IReadOnlyList<DataFile> files, string join, string condition)
    {
        var columns = target.Schema.Fields.Select(field => $"{Changed(field)} AS {Name(field.Name)}");
        return $"SELECT {string.Join(", ", columns)} {JoinedSql(files, join)} WHERE {condition}";
    }

    /// <summary>The updated rows of the files. What an update says anew is not asked of the files, so that the engine need not read it.</summary>
    public string UpdatedSql(IReadOnlyList<DataFile> files)
    {
        var columns = target.Schema.Fields.Select(field => $"{Updated(field)} AS {Name(field.Name)}");
        var rows = NeedsFiles
            ? $"{JoinedSql(files, "JOIN")} WHERE {In(RowClauseKind.Update)}"
            : $"FROM {Pairs} AS source WHERE {In(RowClauseKind.Update)} AND {Name(FileColumn)} IN ({Addresses(files)})";
        return $"SELECT {string.Join(", ", columns)} {rows}";
    }

    /// <summary>Whether an updated row has anything of the row that it was.</summary>
    private bool NeedsFiles =>
        !edit
            .Clauses.Where(clause => clause.Kind == RowClauseKind.Update)
            .All(clause => clause.IsFromSource && target.Schema.Fields.All(column => NewValue(clause, column) is not null));

    /// <summary>The rows of the files, each with what happens to it.</summary>
    public string JoinedSql(IReadOnlyList<DataFile> files, string join)
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
        var present = target.Present(field);
        var cases = Updates(field)
            .Where(update => update.Value is not null)
            .Select(update => $"WHEN {update.Index} THEN {target.Cast(field, update.Value!)}")
            .ToList();
        return cases.Count == 0 ? present : $"CASE source.{Name(ClauseColumn)} {string.Join(' ', cases)} ELSE {present} END";
    }

    private string Updated(SchemaField field)
    {
        var values = Updates(field)
            .Select(update => (update.Index, Value: update.Value is { } value ? target.Cast(field, value) : target.Present(field)))
            .ToList();
        return values.Count == 1
            ? values[0].Value
            : $"CASE source.{Name(ClauseColumn)} {string.Join(' ', values.Select(update => $"WHEN {update.Index} THEN {update.Value}"))} END";
    }

    private IEnumerable<(int Index, string? Value)> Updates(SchemaField field) =>
        edit
            .Clauses.Select((clause, index) => (clause, index))
            .Where(entry => entry.clause.Kind == RowClauseKind.Update)
            .Select(entry => (entry.index, NewValue(entry.clause, field)));

    /// <summary>What an update says of a column; one that the table generates is worked out anew, whatever it is made of, and its version is that of the update.</summary>
    private string? NewValue(RowClause clause, SchemaField field) =>
        clause.Value?.Invoke(field) ?? (target.Rules.IsGenerated(field) || field.Name == target.Tracking?.VersionColumn ? "NULL" : null);

    public IEnumerable<string> InsertSql()
    {
        if (edit.Incoming is not { } incoming || edit.Inserts.Count == 0)
            yield break;
        var number = Name(IncomingRows.NumberColumn);
        var clause = RowClause.Choose(edit.Inserts, 0);
        var values = target.Schema.Fields.Select(field => $"{Inserted(field)} AS {Name(field.Name)}");
        var paired = edit.InsertsSuccessors ? $" AND ({In(RowClauseKind.Update)}) IS NOT TRUE" : "";
        yield return $"""
            SELECT {string.Join(", ", values)} FROM (
                SELECT source.*, {clause} AS {Name(ClauseColumn)}
                FROM ({incoming.Sql}) AS source ANTI JOIN {Pairs} AS pairs ON pairs.{number} = source.{number}{paired}
            ) AS source WHERE source.{Name(ClauseColumn)} IS NOT NULL
            """;
    }

    private string Inserted(SchemaField field)
    {
        var values = edit.Inserts.Select(clause =>
            clause.Value?.Invoke(field) is { } value ? target.Cast(field, value) : target.Absent(field)
        );
        if (edit.Inserts.Count == 1)
            return values.Single();
        return $"CASE source.{Name(ClauseColumn)} {string.Join(' ', values.Select((value, index) => $"WHEN {index} THEN {value}"))} END";
    }

    /// <summary>Whether the clause of a pair is of one of the kinds.</summary>
    public string In(params RowClauseKind[] kinds)
    {
        var numbers = edit.Clauses.Select((clause, index) => (clause.Kind, index)).Where(clause => kinds.Contains(clause.Kind)).ToList();
        return numbers.Count == 0 ? "false" : $"{Name(ClauseColumn)} IN ({string.Join(", ", numbers.Select(clause => clause.index))})";
    }

    private string Scan(IReadOnlyList<DataFile> files)
    {
        _scans.Add(target.Before!.Scan(connection, files, columns: null, FileColumn, RowColumn, tracking: target.Tracking));
        return _scans[^1].Sql;
    }

    /// <summary>The addresses of files, as <see cref="FileColumn"/> has them, in a list.</summary>
    public string Addresses(IEnumerable<DataFile> files) => string.Join(", ", files.Select(file => Sql.Literal(Locate(file))));

    /// <summary>Where the engine reads a file, which is its address.</summary>
    public string Locate(DataFile file) => target.Before!.Locate(file);

    /// <summary>Gives back what the queries read.</summary>
    public void Dispose() => _scans.ForEach(scan => scan.Dispose());

    private static string Name(string column) => Sql.Identifier(column);
}
