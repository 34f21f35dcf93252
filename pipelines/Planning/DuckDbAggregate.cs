using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Writes aggregates in DuckDB's SQL.</summary>
internal static class DuckDbAggregate
{
    /// <summary>The SELECT of an aggregate over a FROM term, and the hidden columns of its own order.</summary>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="wanted">The columns that are needed.</param>
    /// <param name="ordered">Whether the order of its rows is needed.</param>
    /// <param name="from">The FROM term.</param>
    /// <param name="rows">The hidden columns with the order of the rows that <c>first</c> and <c>last</c> go by.</param>
    public static (string Sql, IReadOnlyList<OrderKey> Order) Write(
        Aggregate aggregate,
        IReadOnlyCollection<string> wanted,
        bool ordered,
        string from,
        IReadOnlyList<OrderKey> rows
    )
    {
        var items = aggregate.Groups.Select(g => (g.Name, Value: Sql.Identifier(g.Name))).ToList();
        var groups = items.ConvertAll(i => i.Value);
        if (aggregate.Window is { } times)
        {
            var window = new DuckDbWindow(times);
            from = window.From(from);
            groups.Add(DuckDbWindow.Start);
            items.Add((Aggregate.WindowStart, DuckDbWindow.Start));
            items.Add((Aggregate.WindowEnd, window.End(DuckDbWindow.Start)));
        }
        items.AddRange(aggregate.Measures.Select(m => (m.Name, Call(m, rows))));
        var select = items.Where(i => wanted.Contains(i.Name)).Select(i => $"{i.Value} AS {Sql.Identifier(i.Name)}").ToList();
        var keys = ordered ? groups.Select((_, i) => new OrderKey(OrderKey.Name(i))).ToArray() : [];
        select.AddRange(keys.Select((k, i) => $"{groups[i]} AS {Sql.Identifier(k.Column)}"));
        var by = groups.Count == 0 ? "" : $"\nGROUP BY {string.Join(", ", groups)}";
        return ($"SELECT {string.Join(", ", select)}\nFROM {from}{by}", keys);
    }

    public static string Call(AggregateColumn measure, IReadOnlyList<OrderKey> rows)
    {
        if (measure.Column is not { } source)
            return "count(*)";
        var column = Sql.Identifier(source.Name);
        return measure.Measure switch
        {
            Measure.Count => $"count({column})",
            Measure.CountDistinct => $"count(DISTINCT {column})",
            Measure.Sum => Sum(measure, source),
            Measure.Avg => $"avg({Number(source)})",
            Measure.Min => $"min({column})",
            Measure.Max => $"max({column})",
            Measure.Median => $"quantile_cont({Continuous(measure, source)}, 0.5)",
            Measure.P95 => $"quantile_cont({Continuous(measure, source)}, 0.95)",
            Measure.First => Nth(column, "first", "arg_min_null", rows),
            Measure.Last => Nth(column, "last", "arg_max_null", rows),
            _ => throw new NotSupportedException($"The dialect has no form for the measure {measure.Measure}."),
        };
    }

    private static string Nth(string column, string function, string byNumber, IReadOnlyList<OrderKey> rows) =>
        rows switch
        {
            [{ IsRowNumber: true } row] => $"{byNumber}({column}, {Sql.Identifier(row.Column)})",
            [] => $"{function}({column})",
            _ => $"{function}({column} ORDER BY {string.Join(", ", rows.Select(r => r.Term()))})",
        };

    /// <summary>
    /// A sum that fails rather than overflow. The engine adds whole numbers and decimals up in 128 bits, and fails by itself beyond them; what
    /// the column's own type does not hold, or floating point does not, is found here.
    /// </summary>
    private static string Sum(AggregateColumn measure, Column source)
    {
        var sum = $"sum({Number(source)})";
        var fits =
            measure.Type == LogicalType.BigInt ? $"{sum} BETWEEN {long.MinValue} AND {long.MaxValue}"
            : measure.Type == LogicalType.Double ? $"NOT isinf({sum})"
            : null;
        if (fits is null)
            return $"CAST({sum} AS {measure.Type})";
        var error = RaisedError.Sql(
            $"the sum of '{source.Name}' is {{0}}, which is more than {(measure.Type == LogicalType.BigInt ? "a whole number of 64 bits" : "a double")} holds",
            $"CAST({sum} AS VARCHAR)",
            "make the column a decimal first, with <derive>"
        );
        return $"CAST(CASE WHEN {sum} IS NULL OR {fits} THEN {sum} ELSE {error} END AS {measure.Type})";
    }

    private static string Number(Column source) =>
        source.Type.Kind is TypeKind.Float or TypeKind.BigNum
            ? $"CAST({Sql.Identifier(source.Name)} AS DOUBLE)"
            : Sql.Identifier(source.Name);

    /// <summary>The column in the type it is interpolated in.</summary>
    private static string Continuous(AggregateColumn measure, Column source) =>
        measure.Type == source.Type ? Sql.Identifier(source.Name) : $"CAST({Sql.Identifier(source.Name)} AS {measure.Type})";
}
