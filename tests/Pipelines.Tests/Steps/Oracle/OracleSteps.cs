using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>A step as a document writes it, and what it does to rows, written down as plainly as possible.</summary>
internal abstract record OracleStep(string? Id)
{
    public abstract string Xml { get; }

    public abstract void Apply(OracleState state);

    public sealed override string ToString() => Xml;

    protected string IdAttribute => Written.Attribute("id", Id);

    protected static string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(Written.Name));

    protected static int[] Indexes(OracleTable table, IEnumerable<string> columns)
    {
        var indexes = columns.Select(table.IndexOf).ToArray();
        return indexes.Contains(-1) ? throw new NotPossibleException() : indexes;
    }

    protected static object?[] Values(object?[] row, int[] indexes) => [.. indexes.Select(i => row[i])];
}

internal sealed record FilterBy(string Source, OracleExpression Condition, string? Id) : OracleStep(Id)
{
    public override string Xml =>
        $"<filter{Written.Attribute("source", Source)}{Written.Attribute("condition", Condition.Sql)}{IdAttribute}/>";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        state.Bind(Id, Source, table.WithRows(table.Rows.Where(r => Condition.Of(Row.Of(table, r)) is true)));
    }
}

internal sealed record DeriveColumn(string Source, string Name, OracleExpression Value, string? Id) : OracleStep(Id)
{
    public override string Xml =>
        $"<derive{Written.Attribute("source", Source)}{IdAttribute}><column{Written.Attribute("name", Name)}>{System.Security.SecurityElement.Escape(Value.Sql)}</column></derive>";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        var column = new OracleColumn(Name, Value.Kind);
        var at = table.IndexOf(Name);
        var columns = at < 0 ? [.. table.Columns, column] : table.Columns.Select((c, i) => i == at ? column : c).ToArray();
        var rows = table.Rows.Select(r =>
        {
            var value = Value.Of(Row.Of(table, r));
            return at < 0 ? [.. r, value] : r.Select((v, i) => i == at ? value : v).ToArray();
        });
        state.Bind(Id, Source, table with { Columns = columns, Rows = [.. rows] });
    }
}

internal sealed record SelectColumns(string Source, IReadOnlyList<(string Column, string? Name)> Columns, string? Id) : OracleStep(Id)
{
    public override string Xml =>
        $"<select{Written.Attribute("source", Source)}{Written.Attribute("columns", string.Join(", ", Columns.Select(c => Written.Name(c.Column) + (c.Name is null ? "" : " as " + Written.Name(c.Name)))))}{IdAttribute}/>";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        var indexes = Indexes(table, Columns.Select(c => c.Column));
        var columns = Columns.Select((c, i) => table.Columns[indexes[i]] with { Name = c.Name ?? c.Column });
        state.Bind(Id, Source, table with { Columns = [.. columns], Rows = [.. table.Rows.Select(r => Values(r, indexes))] });
    }
}

internal sealed record SortBy(string Source, IReadOnlyList<(string Column, bool Descending)> Keys, bool NullsFirst, string? Id)
    : OracleStep(Id)
{
    public override string Xml =>
        $"<sort{Written.Attribute("source", Source)}{Written.Attribute("orderBy", string.Join(", ", Keys.Select(k => Written.Name(k.Column) + (k.Descending ? " desc" : ""))))}{Written.Attribute("nulls", NullsFirst ? "first" : null)}{IdAttribute}/>";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        var indexes = Indexes(table, Keys.Select(k => k.Column));
        var order = Comparer<object?[]>.Create(
            (a, b) => Keys.Select((k, i) => Compare(a[indexes[i]], b[indexes[i]], k.Descending)).FirstOrDefault(c => c != 0)
        );
        state.Bind(Id, Source, table with { Rows = [.. table.Rows.OrderBy(r => r, order)], IsSorted = true });
    }

    private int Compare(object? a, object? b, bool descending) =>
        (a, b) switch
        {
            (null, null) => 0,
            (null, _) => NullsFirst ? -1 : 1,
            (_, null) => NullsFirst ? 1 : -1,
            _ => descending ? OracleValues.Compare(b, a) : OracleValues.Compare(a, b),
        };
}

internal sealed record KeepOne(string Source, IReadOnlyList<string> Keys, string Keep, IReadOnlyList<string> OrderBy, string? Id)
    : OracleStep(Id)
{
    public override string Xml =>
        $"<deduplicate{Written.Attribute("source", Source)}{Written.Attribute("keys", List(Keys))}{Written.Attribute("keep", Keep)}{Written.Attribute("orderBy", Keep == "latest" ? List(OrderBy) : null)}{IdAttribute}/>";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        var keys = Indexes(table, Keys);
        var by = Indexes(table, OrderBy);
        var kept = new List<object?[]>();
        foreach (var row in table.Rows)
        {
            var same = kept.FindIndex(k => OracleValues.SameRow(Values(k, keys), Values(row, keys)));
            if (same < 0)
                kept.Add(row);
            else if (Keep == "last" || (Keep == "latest" && IsLater(Values(row, by), Values(kept[same], by))))
                kept[same] = row;
        }
        state.Bind(Id, Source, table.WithRows(table.Rows.Where(r => kept.Any(k => ReferenceEquals(k, r)))));
    }

    // Null is the lowest value; what is equally late came earlier.
    private static bool IsLater(object?[] row, object?[] than)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (OracleValues.Same(row[i], than[i]))
                continue;
            return than[i] is null || (row[i] is { } value && OracleValues.Compare(value, than[i]!) > 0);
        }
        return false;
    }
}

internal sealed record MaskColumns(string Source, IReadOnlyList<string> Columns, MaskStrategy Strategy, string? Id) : OracleStep(Id)
{
    public override string Xml =>
        $"<mask{Written.Attribute("source", Source)}{Written.Attribute("columns", List(Columns))}{Written.Attribute("strategy", Strategy.ToString().ToLowerInvariant())}{IdAttribute}/>";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        var indexes = Indexes(table, Columns);
        if (indexes.Any(i => table.Columns[i].Kind is not (Kind.Text or Kind.Whole)))
            throw new NotPossibleException();
        using var mask = Mask.Create(Strategy, StepBench.Keys);
        var rows = table.Rows.Select(r => r.Select((v, i) => indexes.Contains(i) ? mask.Apply(v?.ToString()) : v).ToArray());
        var columns = table.Columns.Select((c, i) => indexes.Contains(i) ? c with { Kind = Kind.Text } : c);
        state.Bind(Id, Source, table with { Columns = [.. columns], Rows = [.. rows] });
    }
}

/// <summary>Selects and sorts by all columns, so that the order is known.</summary>
internal sealed record RunSql(string Source, OracleExpression Condition, string? Id) : OracleStep(Id)
{
    public override string Xml =>
        $"<sql{Written.Attribute("sources", Source)}{IdAttribute}>{System.Security.SecurityElement.Escape($"SELECT * FROM {Written.Identifier(Source)} WHERE {Condition.Sql} ORDER BY ALL NULLS LAST")}</sql>";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        var order = Comparer<object?[]>.Create((a, b) => a.Select((v, i) => OracleValues.NullsLast(v, b[i])).FirstOrDefault(c => c != 0));
        var rows = table.Rows.Where(r => Condition.Of(Row.Of(table, r)) is true).OrderBy(r => r, order);
        state.Bind(Id, Source, table with { Rows = [.. rows], IsSorted = true });
    }
}

/// <summary>A row's values by their columns' names.</summary>
internal static class Row
{
    public static Func<string, object?> Of(OracleTable table, object?[] row, string? dataset = null) =>
        name =>
        {
            var at = table.IndexOf(dataset is null ? name : name[(dataset.Length + 1)..]);
            return at < 0 ? throw new NotPossibleException() : row[at];
        };
}
