using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Writes aggregates in DuckDB's SQL.</summary>
internal static class DuckDbAggregate
{
    /// <summary>The SELECT of an aggregate over a FROM term, with the hidden columns of its input's order where a measure goes by it.</summary>
    public static (string Sql, IReadOnlyList<OrderKey> Order) Write(
        Aggregate aggregate,
        IReadOnlyCollection<string> wanted,
        bool ordered,
        string from,
        IReadOnlyList<OrderKey> rows
    )
    {
        var groups = aggregate.Groups.Select(g => g.Name).ToList();
        if (aggregate.Window is { } window)
        {
            from = DuckDbWindow.Write(window, from);
            groups.AddRange([Aggregate.WindowStart, Aggregate.WindowEnd]);
        }
        var items = groups.Where(wanted.Contains).Select(Sql.Identifier).ToList();
        items.AddRange(
            aggregate
                .Measures.Where(m => wanted.Contains(m.Name))
                .Select(m => $"CAST({Call(m, rows)} AS {m.Type}) AS {Sql.Identifier(m.Name)}")
        );
        var keys = ordered ? groups.Select((_, i) => new OrderKey(OrderKey.Name(i))).ToArray() : [];
        items.AddRange(keys.Select((k, i) => $"{Sql.Identifier(groups[i])} AS {Sql.Identifier(k.Column)}"));
        var by = groups.Count == 0 ? "" : $" GROUP BY {string.Join(", ", groups.Select(Sql.Identifier))}";
        return ($"SELECT {string.Join(", ", items)} FROM {from}{by}", keys);
    }

    private static string Call(AggregateColumn measure, IReadOnlyList<OrderKey> rows)
    {
        var column = measure.Column is null ? "*" : Sql.Identifier(measure.Column);
        return measure.Measure switch
        {
            Measure.Count => $"count({column})",
            Measure.CountDistinct => $"count(DISTINCT {column})",
            Measure.Sum => $"sum({column})",
            Measure.Avg => $"avg({column})",
            Measure.Min => $"min({column})",
            Measure.Max => $"max({column})",
            Measure.Median => $"quantile_cont({column}, 0.5)",
            Measure.P95 => $"quantile_cont({column}, 0.95)",
            Measure.First when rows is [{ IsRowNumber: true } row] => $"arg_min_null({column}, {Sql.Identifier(row.Column)})",
            Measure.Last when rows is [{ IsRowNumber: true } row] => $"arg_max_null({column}, {Sql.Identifier(row.Column)})",
            Measure.First => $"first({column} ORDER BY {string.Join(", ", rows.Select(r => r.Term()))})",
            Measure.Last => $"last({column} ORDER BY {string.Join(", ", rows.Select(r => r.Term()))})",
            _ => throw new NotSupportedException($"The dialect has no form for the measure {measure.Measure}."),
        };
    }
}
