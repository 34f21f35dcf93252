using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>join</c>: puts the rows of two datasets side by side where a condition holds.</summary>
public sealed class JoinStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("join", "Puts the rows of two datasets side by side where a condition holds.")
        {
            Attributes =
            [
                new("left", AttributeKind.Dataset, "The left dataset, whose name the result takes unless it has an `id`.")
                {
                    Required = true,
                },
                new("right", AttributeKind.Dataset, "The right dataset.") { Required = true },
                new(
                    "type",
                    AttributeKind.Choice,
                    "Which rows come out: pairs that match (`inner`); those and the rows of the `left`, the `right`, or both sides (`full`) without a match; "
                        + "left rows with (`semi`) or without (`anti`) a match, once each."
                )
                {
                    Choices = ["inner", "left", "right", "full", "semi", "anti"],
                    Default = "inner",
                },
                new(
                    "condition",
                    AttributeKind.Expression,
                    "The condition, over the columns of both, each with the name of its dataset: `a.id = b.customer_id`."
                )
                {
                    Required = true,
                    OrChild = true,
                },
                StepAttributes.Id,
            ],
            Details = """
                The result has all columns of the left side, then those of the right. A column of the right that has the name of one on the left gets
                the prefix `<right>_`. Where the condition asks for equality of two columns of one name, `a.k = b.k`, the key is there once, filled from
                whichever side has it; keys of different names are both kept. `semi` and `anti` give the columns of the left side.

                Nulls match nothing: `a.k IS NOT DISTINCT FROM b.k` matches nulls too, and keeps both columns. The rows come in the order of
                the left side; those of the right without a match come last.
                """,
            Example = """<join left="orders" right="customers" type="left" condition="orders.customer_id = customers.id"/>""",
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "left") is not { } left || scope.Dataset(step, "right") is not { } right)
            return;
        if (left.Name.Equals(right.Name, StringComparison.OrdinalIgnoreCase))
        {
            scope.Findings.Add(
                Rule.AmbiguousName,
                step.LocationOf("right"),
                $"'{right.Name}' is on both sides, so a name in the condition would mean either",
                $"give one side a name of its own first: <select source=\"{right.Name}\" columns=\"…\" id=\"…\"/>"
            );
            return;
        }
        if (scope.Condition(step.Source("condition")!, left, right) is not { } condition)
            return;
        var type = Enum.Parse<JoinType>(step["type"]!, ignoreCase: true);
        if (Items(left, right, type, condition) is { } items)
            scope.Define(step, left, new Join(left, right, type, condition, items));
        else
            ReportKeys(step, scope, left, right, condition);
    }

    /// <summary>The columns of the result; null where a shared key has no type that holds both sides.</summary>
    private static List<ComputedColumn>? Items(Dataset left, Dataset right, JoinType type, UserExpression condition)
    {
        List<ComputedColumn> items = [.. left.Columns.Select(c => new ComputedColumn(c.Name, new ColumnExpression(0, c)))];
        if (type is JoinType.Semi or JoinType.Anti)
            return items;
        foreach (var (mine, other) in SharedKeys(left, right, condition))
        {
            if (Key(mine, other, type) is not { } value)
                return null;
            items[items.FindIndex(i => i.Name == mine.Name)] = new ComputedColumn(mine.Name, value);
        }
        var shared = SharedKeys(left, right, condition).Select(k => k.Right).ToHashSet();
        foreach (var column in right.Columns.Where(c => !shared.Contains(c)))
        {
            var name = left.Columns.Any(c => c.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase))
                ? $"{right.Name}_{column.Name}"
                : column.Name;
            items.Add(new ComputedColumn(name, new ColumnExpression(1, column)));
        }
        return items;
    }

    private static Expression? Key(Column left, Column right, JoinType type)
    {
        // Where a row of the other side is always there, its value is the one; only a full join has to look at both.
        if (type == JoinType.Right)
            return new ColumnExpression(1, right);
        if (type != JoinType.Full)
            return new ColumnExpression(0, left);
        return TypeWidening.Of(left.Type, right.Type) is { } wider
            ? new CallExpression("coalesce", [new ColumnExpression(0, left), new ColumnExpression(1, right)], wider)
            : null;
    }

    private static IEnumerable<(Column Left, Column Right)> SharedKeys(Dataset left, Dataset right, UserExpression condition) =>
        condition
            .Equalities.Select(e => (Left: left.Find(e.First.Column)!, Right: right.Find(e.Second.Column)!))
            .Where(k => k.Left.Name.Equals(k.Right.Name, StringComparison.OrdinalIgnoreCase))
            .Distinct();

    private static void ReportKeys(Element step, BindScope scope, Dataset left, Dataset right, UserExpression condition)
    {
        foreach (var (mine, other) in SharedKeys(left, right, condition).Where(k => Key(k.Left, k.Right, JoinType.Full) is null))
            scope.Findings.Add(
                Rule.TypeMismatch,
                step.LocationOf("condition"),
                $"the key '{mine.Name}' is {mine.Type} in '{left.Name}' and {other.Type} in '{right.Name}', so one column cannot hold both",
                "convert one of them first, with <derive> and a type="
            );
    }
}
