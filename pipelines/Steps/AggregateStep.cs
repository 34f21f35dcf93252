using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>aggregate</c>: one row for each group.</summary>
public sealed class AggregateStep : StepKind
{
    private static readonly Dictionary<string, Measure> Functions = new()
    {
        ["count"] = Measure.Count,
        ["countDistinct"] = Measure.CountDistinct,
        ["sum"] = Measure.Sum,
        ["avg"] = Measure.Avg,
        ["min"] = Measure.Min,
        ["max"] = Measure.Max,
        ["median"] = Measure.Median,
        ["p95"] = Measure.P95,
        ["first"] = Measure.First,
        ["last"] = Measure.Last,
    };

    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("aggregate", "Computes one row for each group; without `groupBy`, one row. Nulls make a group of their own.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new("groupBy", AttributeKind.Columns, "The columns whose values make a group."),
                new(
                    "metrics",
                    AttributeKind.Columns,
                    "What is computed: `function:name`, which takes the column of that name, or `function:column:name`; `count:name` counts rows."
                )
                {
                    Required = true,
                },
                .. WindowAttributes.Specs,
                StepAttributes.Id,
            ],
            Details = """
                | function | gives | type |
                |---|---|---|
                | `count:name` | the number of rows | `long` |
                | `count:column:name` | the number of values that are not null | `long` |
                | `countDistinct` | the number of different values that are not null | `long` |
                | `sum` | the sum; beyond what its type holds the run fails | `long` of whole numbers, `decimal(38,s)` of decimals, else `double` |
                | `avg` | the mean | `double` |
                | `min`, `max` | the lowest and the highest value | the column's |
                | `median`, `p95` | the value in the middle, and the one that 95 % lie below, interpolated | `double`; a timestamp of dates and timestamps |
                | `first`, `last` | the value of the first and the last row, null or not, in the order of the rows | the column's |

                Nulls are left out, but for `first` and `last`; of no values `count` is 0 and everything else null. The result has the columns of
                `groupBy`, then `window_start` and `window_end` if there is a window, then the metrics.

                A window goes from its start up to, but without, its end, on the clock of the pipeline's time zone (`<schedule timeZone=…>`, else UTC).
                Weeks begin on Monday. Durations of whole days follow the calendar, counted from 1970-01-01, so that a day is 23 to 25 hours long where
                the clock is changed; others are of elapsed time from 1970-01-01T00:00Z. A cron window goes from one time at which the expression fires
                to the next. Rows without a time make a group with no window.
                """,
            Example =
                """<aggregate source="orders" groupBy="country" metrics="count:orders, sum:amount:revenue" window="daily" timeColumn="ordered_at"/>""",
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is { } source && Read(step, source, scope) is { } aggregate)
            scope.Define(step, source, aggregate);
    }

    /// <summary>What an element with this step's attributes computes; reports what is wrong and returns null then.</summary>
    /// <param name="step">The element.</param>
    /// <param name="source">What it is computed of.</param>
    /// <param name="scope">What it sees.</param>
    /// <param name="time">The time column where the element names none; null where it must be the only one.</param>
    internal static Aggregate? Read(Element step, Dataset source, BindScope scope, string? time = null)
    {
        var groups = scope.Columns(source, step, "groupBy");
        var measures = NameList
            .Located(step["metrics"]!)
            .Select(m => Read(m.Text, step.Source("metrics")!.LocationAt(m.Offset), source, scope))
            .ToArray();
        var isWindowRead = WindowAttributes.TryRead(step, source, scope, time, out var window);
        return isWindowRead && groups.Count == step.Names("groupBy").Count && !measures.Contains(null)
            ? new Aggregate(source, groups, measures!, window)
            : null;
    }

    private static AggregateColumn? Read(string metric, SourceLocation at, Dataset source, BindScope scope)
    {
        var parts = Split(metric);
        if (parts.Length is < 2 or > 3 || parts.Contains(""))
        {
            scope.Findings.Add(
                Rule.BadValue,
                at,
                $"'{metric}' is no metric",
                "write function:name or function:column:name, such as sum:amount:revenue"
            );
            return null;
        }
        if (!Functions.TryGetValue(parts[0], out var measure))
        {
            scope.Findings.Add(
                Rule.BadValue,
                at,
                $"unknown function '{parts[0]}'",
                NearestName.Hint(parts[0], Functions.Keys) ?? $"functions: {string.Join(", ", Functions.Keys)}"
            );
            return null;
        }
        var name = parts[^1];
        if (measure == Measure.Count && parts.Length == 2)
            return new AggregateColumn(name, measure, null, LogicalType.BigInt);
        if (scope.Column(source, parts[1], at) is not { } column)
            return null;
        if (TypeOf(measure, column.Type) is { } type)
            return new AggregateColumn(parts.Length == 2 ? column.Name : name, measure, column, type);
        scope.Findings.Add(
            Rule.TypeMismatch,
            at,
            $"{parts[0]} cannot take '{column.Name}', which is {column.Type}",
            measure is Measure.Sum or Measure.Avg
                ? "it takes numbers; convert the column first, with <derive>"
                : "it takes numbers, dates and timestamps"
        );
        return null;
    }

    /// <summary>The parts between the colons; one in double quotes may hold a colon.</summary>
    private static string[] Split(string metric)
    {
        var parts = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i <= metric.Length; i++)
        {
            if (i < metric.Length && metric[i] == '"')
                quoted = !quoted;
            if (i < metric.Length && (metric[i] != ':' || quoted))
                continue;
            parts.Add(NameList.Unquote(metric[start..i].Trim()));
            start = i + 1;
        }
        return [.. parts];
    }

    private static LogicalType? TypeOf(Measure measure, LogicalType type) =>
        measure switch
        {
            Measure.Count or Measure.CountDistinct => LogicalType.BigInt,
            Measure.Min or Measure.Max or Measure.First or Measure.Last => type,
            Measure.Sum => SumOf(type),
            Measure.Avg => type.IsNumeric ? LogicalType.Double : null,
            Measure.Median or Measure.P95 => QuantileOf(type),
            _ => null,
        };

    private static LogicalType? SumOf(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Decimal => LogicalType.Decimal(38, type.Scale),
            TypeKind.Float or TypeKind.Double or TypeKind.BigNum => LogicalType.Double,
            TypeKind.HugeInt or TypeKind.UHugeInt => LogicalType.Decimal(38, 0),
            _ => type.IsNumeric ? LogicalType.BigInt : null,
        };

    private static LogicalType? QuantileOf(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Date or TypeKind.TimestampS or TypeKind.TimestampMs => LogicalType.Timestamp,
            TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs => type,
            _ => type.IsNumeric ? LogicalType.Double : null,
        };
}
