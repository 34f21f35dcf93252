using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>How what a target writes fits the table that is there, or the one that will be made.</summary>
internal sealed class TableMatch
{
    private readonly Element target;
    private readonly IReadOnlyList<Column> rows;
    private readonly List<(Rule Rule, SourceLocation At, string Message, string? Hint)> problems = [];

    private TableMatch(Element target, IReadOnlyList<Column> rows, DatabaseSession session)
    {
        (this.target, this.rows) = (target, rows);
        Table = target.Child("table")!["name"]!;
        var there = session.Columns(Table);
        Exists = there is not null;
        Keys = target.Names("keys").Count > 0 || !Exists ? target.Names("keys") : session.PrimaryKey(Table);
        if (there is null)
            foreach (var column in rows.Where(c => session.TypeFor(c.Type, isKey: false) is null))
                Add(
                    Rule.TypeMismatch,
                    At,
                    $"the database has no type for '{column.Name}', which is {column.Type}",
                    "convert it with <derive>"
                );
        else
            Columns = Fit(there);
        if (target["mode"] == "merge" && Keys.Count == 0)
            Add(
                Rule.ConflictingAttributes,
                target.LocationOf("mode"),
                Exists
                    ? $"a merge needs keys to find rows by, and {Table} has no primary key"
                    : $"a merge needs keys to find rows by, and there is no {Table} yet",
                "add keys=\"…\""
            );
        foreach (var key in Keys.Where(k => !rows.Any(r => r.Name.Equals(k, StringComparison.OrdinalIgnoreCase))))
            if (target["mode"] == "merge" || !Exists)
                Add(
                    Rule.UnknownColumn,
                    target.LocationOf("keys"),
                    $"what is written has no column '{key}', a key of {Table}",
                    NearestName.Hint(key, rows.Select(c => c.Name)) ?? BindScope.Known("columns", rows.Select(c => c.Name))
                );
        Keys = [.. Keys.Select(k => Columns.FirstOrDefault(c => c.Name.Equals(k, StringComparison.OrdinalIgnoreCase))?.Name ?? k)];
    }

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>Whether it is there.</summary>
    public bool Exists { get; }

    /// <summary>Its columns that are written, in the order of the rows' columns; empty where it is not there.</summary>
    public IReadOnlyList<TableColumn> Columns { get; } = [];

    /// <summary>The columns by which rows are found.</summary>
    public IReadOnlyList<string> Keys { get; }

    private SourceLocation At => target.Child("table")!.LocationOf("name");

    /// <summary>Compares.</summary>
    /// <exception cref="RunException">The database does not say what is there.</exception>
    public static TableMatch Of(Element target, IReadOnlyList<Column> rows, DatabaseSession session) => new(target, rows, session);

    /// <summary>Reports what does not fit.</summary>
    public void Report(Diagnostics findings)
    {
        foreach (var (rule, at, message, hint) in problems)
            findings.Add(rule, at, message, hint);
    }

    /// <summary>Refuses what does not fit.</summary>
    /// <exception cref="RunException">Something does not.</exception>
    public void Demand()
    {
        if (problems.Count > 0)
            throw new RunException(string.Join("; ", problems.Select(p => p.Message)), problems[0].Hint);
    }

    /// <summary>The query that gives the rows as the table has them.</summary>
    public string Select(string sql)
    {
        var items = rows.Select((c, i) => $"CAST({Sql.Identifier(c.Name)} AS {Columns[i].Type}) AS {Sql.Identifier(Columns[i].Name)}");
        return $"SELECT {string.Join(", ", items)} FROM (\n{sql}\n) AS w";
    }

    private List<TableColumn> Fit(IReadOnlyList<TableColumn> there)
    {
        var fit = new List<TableColumn>();
        foreach (var row in rows)
            if (Find(row.Name, there) is not { } column)
                Add(
                    Rule.UnknownColumn,
                    At,
                    $"{Table} has no column '{row.Name}'",
                    NearestName.Hint(row.Name, there.Select(c => c.Name)) ?? "leave it out with <select>, or add it to the table"
                );
            else if (column.Type is not { } type || !Takes(row.Type, type))
                Add(
                    Rule.TypeMismatch,
                    At,
                    $"{Table} has '{column.Name}' as {column.DataType}, what is written has it as {row.Type}",
                    "convert it with <derive>"
                );
            else
                fit.Add(column);
        foreach (var column in there.Where(c => c.IsRequired && !rows.Any(r => Find(r.Name, there) == c)))
            Add(
                Rule.UnknownColumn,
                At,
                $"{Table} demands the column '{column.Name}', which is not written",
                "derive it, or give it a default in the database"
            );
        return fit;
    }

    // A text that is no UUID fails loudly.
    private static bool Takes(LogicalType from, LogicalType to) =>
        TypeFit.IsAllowed(from, to) || (from.Kind == TypeKind.Varchar && to.Kind == TypeKind.Uuid);

    private static TableColumn? Find(string name, IReadOnlyList<TableColumn> there) =>
        there.FirstOrDefault(c => c.Name == name) ?? there.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Add(Rule rule, SourceLocation at, string message, string? hint) => problems.Add((rule, at, message, hint));
}
