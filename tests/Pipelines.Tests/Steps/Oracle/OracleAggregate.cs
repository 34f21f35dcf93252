namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

internal sealed record GroupRows(
    string Source,
    IReadOnlyList<string> Groups,
    IReadOnlyList<(string Function, string? Column, string Name)> Metrics,
    OracleWindow? Window,
    string? Id
) : OracleStep(Id)
{
    public override string Xml =>
        $"<aggregate{Written.Attribute("source", Source)}{Written.Attribute("groupBy", Groups.Count == 0 ? null : List(Groups))}{Written.Attribute("metrics", string.Join(", ", Metrics.Select(Metric)))}{Window?.Attributes}{IdAttribute}/>";

    private static string Metric((string Function, string? Column, string Name) metric) =>
        metric.Column is null
            ? $"{metric.Function}:{Written.Name(metric.Name)}"
            : $"{metric.Function}:{Written.Name(metric.Column)}:{Written.Name(metric.Name)}";

    public override void Apply(OracleState state)
    {
        var table = state[Source];
        var groups = Indexes(table, Groups);
        var columns = groups.Select(g => table.Columns[g]).ToList();
        if (Window is not null)
            columns.AddRange([new("window_start", Kind.Moment), new("window_end", Kind.Moment)]);
        columns.AddRange(
            Metrics.Select(m => new OracleColumn(m.Name, KindOf(m.Function, m.Column is null ? Kind.Whole : Column(table, m.Column).Kind)))
        );
        var found = new List<(object?[] Key, List<object?[]> Rows)>();
        if (Groups.Count == 0 && Window is null)
            found.Add(([], []));
        foreach (var row in table.Rows)
        foreach (var (start, end) in Window?.Of(table, row, state.Zone) ?? [(null, null)])
        {
            object?[] key = [.. Values(row, groups), .. Window is null ? Array.Empty<object?>() : [start, end]];
            var group = found.Find(g => OracleValues.SameRow(g.Key, key));
            if (group.Rows is null)
                found.Add(group = (key, []));
            group.Rows.Add(row);
        }
        var order = Comparer<object?[]>.Create((a, b) => a.Select((v, i) => OracleValues.NullsLast(v, b[i])).FirstOrDefault(c => c != 0));
        var rows = found
            .OrderBy(g => g.Key, order)
            .Select(g => (object?[])[.. g.Key, .. Metrics.Select(m => Compute(m.Function, m.Column, table, g.Rows))]);
        state.Bind(Id, Source, new OracleTable(columns, [.. rows]));
    }

    private static OracleColumn Column(OracleTable table, string name) => table.Columns[Indexes(table, [name])[0]];

    private static Kind KindOf(string function, Kind kind) =>
        (function, kind) switch
        {
            ("count" or "countDistinct", _) => Kind.Whole,
            ("min" or "max" or "first" or "last", _) => kind,
            ("sum", Kind.Whole or Kind.Decimal or Kind.Double) => kind,
            ("avg" or "median" or "p95", Kind.Whole or Kind.Decimal or Kind.Double) => Kind.Double,
            _ => throw new NotPossibleException(),
        };

    private static object? Compute(string function, string? column, OracleTable table, List<object?[]> rows)
    {
        if (column is null)
            return (long)rows.Count;
        var all = rows.Select(r => r[table.IndexOf(column)]).ToArray();
        object[] values = [.. all.OfType<object>()];
        if (function is "first" or "last")
            return function == "first" ? all.FirstOrDefault() : all.LastOrDefault();
        if (function == "count")
            return (long)values.Length;
        if (function == "countDistinct")
            return values.Select((v, i) => values.Take(i).All(e => !OracleValues.Same(e, v))).LongCount(isNew => isNew);
        if (values.Length == 0)
            return null;
        Array.Sort(values, OracleValues.Compare);
        return function switch
        {
            "min" => values[0],
            "max" => values[^1],
            "sum" => values[0] switch
            {
                long => values.Cast<long>().Sum(),
                decimal => values.Cast<decimal>().Sum(),
                _ => values.Cast<double>().Sum(),
            },
            "avg" => values.Select(Convert.ToDouble).Average(),
            "median" => Quantile(values, 0.5),
            _ => Quantile(values, 0.95),
        };
    }

    /// <summary>The value at a share of the way from the first to the last, on the line between its two neighbours.</summary>
    private static double Quantile(object[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var (low, high) = (Convert.ToDouble(sorted[(int)Math.Floor(place)]), Convert.ToDouble(sorted[(int)Math.Ceiling(place)]));
        return low + (high - low) * (place - Math.Floor(place));
    }
}
