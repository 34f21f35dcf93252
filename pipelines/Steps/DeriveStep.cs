using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>derive</c>: computes columns from the columns there are.</summary>
public sealed class DeriveStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("derive", "Computes columns. One that has the name of a column of the source replaces it in its place; the others come last.")
        {
            Attributes = [StepAttributes.Source, StepAttributes.Id],
            Children =
            [
                new(
                    new ElementSpec("column", "A computed column: its text is an SQL expression over the columns of the source.")
                    {
                        Attributes =
                        [
                            new("name", AttributeKind.Text, "Its name.") { Required = true },
                            new(
                                "type",
                                AttributeKind.Type,
                                "Its type; without one, the one the expression has. A value the type cannot hold fails the run."
                            ),
                        ],
                        Content = ContentKind.Expression,
                        Example = """<column name="net" type="decimal(18,2)">gross / 1.081</column>""",
                    },
                    Min: 1,
                    Max: null
                ),
            ],
            Details = """
                An expression sees the columns of the source and the parameters (`:name`), not the other columns derived beside it: derive in
                two steps where one builds on another. A type converts as `CAST` does: numbers are rounded to the places the type has, and what
                does not fit fails; `TRY_CAST(x AS INTEGER)` in the expression gives null instead.
                """,
            Example = """
                <derive source="orders">
                  <column name="order_month">date_trunc('month', ordered_at)</column>
                  <column name="net_amount" type="decimal(18,2)">amount / (1 + vat_rate)</column>
                </derive>
                """,
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        List<ComputedColumn> items = [.. source.Columns.Select(c => new ComputedColumn(c.Name, new ColumnExpression(0, c)))];
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var complete = true;
        foreach (var element in step.Children)
        {
            var name = element["name"]!;
            if (!named.Add(name))
            {
                scope.Findings.Add(
                    Rule.DuplicateColumn,
                    element.LocationOf("name"),
                    $"column '{name}' is derived twice",
                    "give one of them another name"
                );
                complete = false;
            }
            else if (Value(element, source, scope) is not { } value)
                complete = false;
            else if (source.Find(name) is { } replaced)
                items[items.FindIndex(i => i.Name == replaced.Name)] = new ComputedColumn(replaced.Name, value);
            else
                items.Add(new ComputedColumn(name, value));
        }
        if (complete)
            scope.Define(step, source, new Project(source, items));
    }

    private static Expression? Value(Element column, Dataset source, BindScope scope)
    {
        if (scope.Expression(column.SourceText, source) is not { } value)
            return null;
        if (column["type"] is { } name)
            return DataType.Parse(name).Type is { } type ? new CastExpression(value, type) : null;
        return value;
    }
}
