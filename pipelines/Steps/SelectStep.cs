using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>select</c>: keeps the columns named, in this order, and renames them.</summary>
public sealed class SelectStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("select", "Keeps the columns named, in the order named; `old as new` renames one.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new("columns", AttributeKind.Columns, "The columns, separated by commas, each with `as` and a new name where it gets one.")
                {
                    Required = true,
                },
                StepAttributes.Id,
            ],
            Details = """
                A column may be taken twice under two names. A name with a comma or a blank stands in double quotes.
                With `id` this is how a dataset gets a second name, for instance to join it with itself.
                """,
            Example = """<select source="orders" columns="order_id, amount as gross_amount" id="order_amounts"/>""",
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        var items = new List<ComputedColumn>();
        foreach (var part in NameList.Located(step["columns"]!))
        {
            var item = ColumnAlias.Parse(part.Text);
            if (scope.Column(source, item.Column, step.Source("columns")!.LocationAt(part.Offset)) is not { } column)
                return;
            items.Add(new ComputedColumn(item.Name ?? column.Name, new ColumnExpression(0, column)));
        }
        scope.Define(step, source, new Project(source, items));
    }
}
