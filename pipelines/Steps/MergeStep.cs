using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>merge</c>: puts the rows of datasets one after the other.</summary>
public sealed class MergeStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("merge", "Puts the rows of datasets one after the other. Types are widened to hold all of them.")
        {
            Attributes =
            [
                new("sources", AttributeKind.Datasets, "The datasets, in this order; without `id` the result takes the first one's name.")
                {
                    Required = true,
                },
                new(
                    "by",
                    AttributeKind.Choice,
                    "What makes columns the same: their name, or their place; by place, the names are the first dataset's."
                )
                {
                    Choices = ["name", "position"],
                    Default = "name",
                },
                new("distinct", AttributeKind.Boolean, "Whether equal rows are kept once: the first of them, and nulls are equal.")
                {
                    Default = "false",
                },
                StepAttributes.Id,
            ],
            Details = """
                By name, a dataset that lacks a column of another has null in it. Whole numbers widen to the larger ones, to decimals and to `double`,
                `float` to `double`, decimals to more digits, dates to timestamps. Columns whose types do not widen are an error: convert one of them
                with `derive`.
                """,
            Example = """<merge sources="orders_web, orders_shop" by="name" id="orders"/>""",
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        var sources = scope.DatasetList(step, "sources");
        if (sources.Count < step.Names("sources").Count)
            return;
        var columns = step["by"] == "name" ? ByName(sources) : ByPosition(step, scope, sources);
        if (columns is null)
            return;
        var schema = columns.Select(c => Widened(step, scope, sources, c)).ToArray();
        if (schema.Contains(null))
            return;
        var items = columns.Select((c, i) => Values(c, schema[i]!.Type));
        scope.Define(step, sources[0], new Union(sources, schema!, [.. items], step.IsTrue("distinct")));
    }

    /// <summary>For each column of the result, the column of each source; null where a source lacks it.</summary>
    private static List<Column?[]> ByName(IReadOnlyList<Dataset> sources)
    {
        var columns = new OrderedDictionary<string, Column?[]>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < sources.Count; i++)
            foreach (var column in sources[i].Columns)
            {
                columns.TryAdd(column.Name, new Column?[sources.Count]);
                columns[column.Name][i] = column;
            }
        return [.. columns.Values];
    }

    private static List<Column?[]>? ByPosition(Element step, BindScope scope, IReadOnlyList<Dataset> sources)
    {
        var first = sources[0];
        foreach (var other in sources.Where(s => s.Columns.Count != first.Columns.Count))
        {
            scope.Findings.Add(
                Rule.TypeMismatch,
                step.LocationOf("sources"),
                $"'{other.Name}' has {other.Columns.Count} columns, '{first.Name}' has {first.Columns.Count}; by position they must have as many",
                "merge by=\"name\", or bring them in line with <select>"
            );
            return null;
        }
        return [.. first.Columns.Select((_, i) => sources.Select(s => (Column?)s.Columns[i]).ToArray())];
    }

    private static Column? Widened(Element step, BindScope scope, IReadOnlyList<Dataset> sources, Column?[] columns)
    {
        var first = Array.FindIndex(columns, c => c is not null);
        var (type, owner) = (columns[first]!.Type, first);
        for (var i = first + 1; i < columns.Length; i++)
        {
            if (columns[i] is not { } column)
                continue;
            if (TypeWidening.Of(type, column.Type) is not { } wider)
            {
                scope.Findings.Add(
                    Rule.TypeMismatch,
                    step.LocationOf("sources"),
                    $"column '{columns[first]!.Name}' is {columns[owner]!.Type} in '{sources[owner].Name}' and {column.Type} in '{sources[i].Name}'; no type holds both",
                    "convert one of them first, with <derive> and a type="
                );
                return null;
            }
            (type, owner) = wider == type ? (type, owner) : (wider, i);
        }
        return new Column(columns[first]!.Name, type);
    }

    private static Expression[] Values(Column?[] columns, LogicalType type) =>
        [.. columns.Select((c, i) => c is null ? (Expression)new LiteralExpression(null, type) : new ColumnExpression(i, c))];
}
