namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

internal sealed record JoinWith(
    string Left,
    string Right,
    string Type,
    IReadOnlyList<(string Left, string Right)> Keys,
    OracleExpression? More,
    string? Id
) : OracleStep(Id)
{
    public override string Xml =>
        $"<join{Written.Attribute("left", Left)}{Written.Attribute("right", Right)}{Written.Attribute("type", Type)}{Written.Attribute("condition", Condition)}{IdAttribute}/>";

    private string Condition =>
        string.Join(
            " AND ",
            Keys.Select(k =>
                    $"{Written.Identifier(Right)}.{Written.Identifier(k.Right)} = {Written.Identifier(Left)}.{Written.Identifier(k.Left)}"
                )
                .Concat(More is null ? [] : [More.Sql])
        );

    public override void Apply(OracleState state)
    {
        var (left, right) = (state[Left], state[Right]);
        if (Left == Right || Keys.Any(k => KindOf(left, k.Left) != KindOf(right, k.Right)))
            throw new NotPossibleException();
        var rows = new List<object?[]>();
        var found = new HashSet<object?[]>(ReferenceEqualityComparer.Instance);
        foreach (var l in left.Rows)
        {
            var matches = right.Rows.Where(r => Matches(left, l, right, r)).ToArray();
            found.UnionWith(matches);
            if (Type is "semi" or "anti")
            {
                if (matches.Length > 0 == (Type == "semi"))
                    rows.Add(l);
            }
            else if (matches.Length > 0)
                rows.AddRange(matches.Select(r => Together(left, l, right, r)));
            else if (Type is "left" or "full")
                rows.Add(Together(left, l, right, null));
        }
        if (Type is "right" or "full")
            rows.AddRange(right.Rows.Where(r => !found.Contains(r)).Select(r => Together(left, null, right, r)));
        var columns = Type is "semi" or "anti" ? left.Columns : Columns(left, right);
        state.Bind(Id, Left, new OracleTable(columns, rows, left.IsSorted && Type is not ("right" or "full")));
    }

    private static Kind KindOf(OracleTable table, string column) => table.Columns[Indexes(table, [column])[0]].Kind;

    private bool Matches(OracleTable left, object?[] l, OracleTable right, object?[] r)
    {
        var (ls, rs) = (Indexes(left, Keys.Select(k => k.Left)), Indexes(right, Keys.Select(k => k.Right)));
        var isEqual = Keys.Select((_, i) => l[ls[i]] is { } a && r[rs[i]] is { } b && OracleValues.Compare(a, b) == 0).All(e => e);
        return isEqual
            && (
                More is null
                || More.Of(name =>
                    name.StartsWith(Left + "/", StringComparison.Ordinal) ? Row.Of(left, l, Left)(name) : Row.Of(right, r, Right)(name)
                )
                    is true
            );
    }

    private bool IsShared(string rightColumn) => Keys.Any(k => k.Right == rightColumn && k.Left == k.Right);

    private OracleColumn[] Columns(OracleTable left, OracleTable right)
    {
        var taken = left.Columns.Select(c => c.Name.ToUpperInvariant()).ToHashSet();
        return
        [
            .. left.Columns,
            .. right
                .Columns.Where(c => !IsShared(c.Name))
                .Select(c => taken.Contains(c.Name.ToUpperInvariant()) ? c with { Name = $"{Right}_{c.Name}" } : c),
        ];
    }

    private object?[] Together(OracleTable left, object?[]? l, OracleTable right, object?[]? r) =>
        [
            .. left.Columns.Select(
                (c, i) =>
                    l is not null ? l[i]
                    : IsShared(c.Name) ? r![right.IndexOf(c.Name)]
                    : null
            ),
            .. right.Columns.Select((c, i) => (c, i)).Where(x => !IsShared(x.c.Name)).Select(x => r?[x.i]),
        ];
}

/// <summary>A lookup in the reference, whose key columns are those of the same names.</summary>
internal sealed record LookUp(
    string Source,
    IReadOnlyList<string> On,
    IReadOnlyList<(string Column, string Name)> Fields,
    bool IsInner,
    bool TakesFirst,
    string? Default,
    string? Id
) : OracleStep(Id)
{
    public override string Xml =>
        $"<lookup{Written.Attribute("source", Source)} reference=\"reference\"{Written.Attribute("on", List(On))}{Written.Attribute("outputFields", string.Join(", ", Fields.Select(f => $"{Written.Name(f.Column)} as {Written.Name(f.Name)}")))}{Written.Attribute("joinType", IsInner ? "inner" : null)}{Written.Attribute("multiple", TakesFirst ? "first" : null)}{Written.Attribute("default", Default)}{IdAttribute}/>";

    public override void Apply(OracleState state)
    {
        var (table, reference) = (state[Source], state.Reference);
        var (mine, others) = (Indexes(table, On), Indexes(reference, On));
        if (On.Where((_, i) => table.Columns[mine[i]].Kind != reference.Columns[others[i]].Kind).Any())
            throw new NotPossibleException();
        var fields = Indexes(reference, Fields.Select(f => f.Column));
        if (Default is not null && fields.Any(f => reference.Columns[f].Kind != Kind.Text))
            throw new NotPossibleException();
        var rows = new List<object?[]>();
        foreach (var row in table.Rows)
        {
            var key = Values(row, mine);
            var matches = key.Contains(null) ? [] : reference.Rows.Where(r => OracleValues.SameRow(Values(r, others), key)).ToArray();
            if (matches.Length > 1 && !TakesFirst)
                throw new NotPossibleException();
            if (matches.Length > 0)
                rows.Add([.. row, .. Values(matches[0], fields)]);
            else if (!IsInner)
                rows.Add([.. row, .. fields.Select(_ => (object?)Default)]);
        }
        var columns = table.Columns.Concat(Fields.Select((f, i) => reference.Columns[fields[i]] with { Name = f.Name }));
        state.Bind(Id, Source, table with { Columns = [.. columns], Rows = rows });
    }
}

internal sealed record MergeAll(IReadOnlyList<string> Sources, bool ByName, bool IsDistinct, string? Id) : OracleStep(Id)
{
    public override string Xml =>
        $"<merge{Written.Attribute("sources", string.Join(",", Sources))}{Written.Attribute("by", ByName ? null : "position")}{Written.Attribute("distinct", IsDistinct ? "true" : null)}{IdAttribute}/>";

    public override void Apply(OracleState state)
    {
        var tables = Sources.Select(s => state[s]).ToArray();
        if (!ByName && tables.Any(t => t.Columns.Count != tables[0].Columns.Count))
            throw new NotPossibleException();
        var columns = new List<OracleColumn>(tables[0].Columns);
        foreach (var table in tables.Skip(1))
            for (var i = 0; i < table.Columns.Count; i++)
            {
                var at = ByName ? columns.FindIndex(c => c.Name.Equals(table.Columns[i].Name, StringComparison.OrdinalIgnoreCase)) : i;
                if (at < 0)
                    columns.Add(table.Columns[i]);
                else
                    columns[at] = columns[at] with { Kind = Wider(columns[at].Kind, table.Columns[i].Kind) };
            }
        var rows = tables.SelectMany(t =>
            t.Rows.Select(r => columns.Select((c, i) => Convert(ByName ? Find(t, r, c.Name) : r[i], c.Kind)).ToArray())
        );
        state.Bind(Id, Sources[0], new OracleTable(columns, IsDistinct ? Distinct(rows) : [.. rows]));
    }

    private static object? Find(OracleTable table, object?[] row, string column)
    {
        var at = table.Columns.ToList().FindIndex(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
        return at < 0 ? null : row[at];
    }

    private static List<object?[]> Distinct(IEnumerable<object?[]> rows)
    {
        var kept = new List<object?[]>();
        foreach (var row in rows)
            if (!kept.Exists(k => OracleValues.SameRow(k, row)))
                kept.Add(row);
        return kept;
    }

    private static Kind Wider(Kind a, Kind b) =>
        (a, b) switch
        {
            _ when a == b => a,
            (Kind.Whole, Kind.Decimal or Kind.Double) => b,
            (Kind.Decimal or Kind.Double, Kind.Whole) => a,
            (Kind.Date, Kind.Moment) or (Kind.Moment, Kind.Date) => Kind.Moment,
            _ => throw new NotPossibleException(),
        };

    private static object? Convert(object? value, Kind kind) =>
        (value, kind) switch
        {
            (long n, Kind.Decimal) => (decimal)n,
            (long n, Kind.Double) => (double)n,
            (DateOnly d, Kind.Moment) => d.ToDateTime(default, DateTimeKind.Utc),
            _ => value,
        };
}
