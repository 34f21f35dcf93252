using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>flatten</c>: makes tables of nested objects.</summary>
public sealed class FlattenStep : StepKind
{
    private static readonly ElementSpec Child = new(
        "child",
        "A list inside the object, or inside the parent child, that becomes a dataset of its own."
    )
    {
        Attributes =
        [
            new("path", AttributeKind.Text, "Where the list is, from its parent: `$.items[*]`, `$.order.lines[*]`.") { Required = true },
            new("table", AttributeKind.Name, "The dataset it becomes.") { Required = true },
        ],
        Recursive = true,
        Example = """<child path="$.items[*]" table="order_items"/>""",
    };

    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("flatten", "Makes tables of nested objects: one of the objects themselves, and one of each list in them.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new(
                    "column",
                    AttributeKind.Text,
                    "The column with the object: a struct, or JSON text with a schemaRef. Without it, the row is the object."
                ),
                new("root", AttributeKind.Name, "The dataset of the objects; without it, the result takes the source's name."),
                new(
                    "key",
                    AttributeKind.Text,
                    "The column of the root that tells its rows apart; children carry it along. Needed where there are children."
                ),
                new("schemaRef", AttributeKind.Schema, "What the JSON text holds: Avro (`.avsc`) or JSON Schema.") { OrChild = true },
            ],
            Children = [new(Child, Max: null)],
            Details = """
                Objects inside objects become columns, `address.city` the column `address_city`. The root keeps the other columns of the source, before
                those of the object; where both have a name, the object's gets the prefix `<column>_`.

                Each `<child>` makes a list a dataset of its own, in which an object of the list is a row. Children may nest; a path starts at the
                parent's object. Where no child is named, every list becomes one, called `<root>_<list>`; where some are, the other lists stay columns.
                A list of plain values gives the column `value`. A row of a child has the root's key, `_id`, `_parent_id` and `_position`, counted
                from 0, before its own columns; one of those that has the name of the key gets the prefix `<table>_`. The `_id` is made of where the row comes
                from, `4711/items/0`, so it is the same in every run. A list that is null or empty gives no rows.

                JSON text is read by its schema: a member it does not name is left out, one that is missing is null, and one whose value does not fit its
                type fails the run.
                """,
            Example = """
                <flatten source="order_events" column="payload" schemaRef="schemas/order.json" root="orders" key="order_id">
                  <child path="$.items[*]" table="order_items">
                    <child path="$.discounts[*]" table="order_item_discounts"/>
                  </child>
                </flatten>
                """,
        };

    /// <inheritdoc/>
    protected internal override IEnumerable<string> Binds(Element step) =>
        new[] { step["root"] ?? step["source"] }.OfType<string>().Concat(step.Children.SelectMany(Tables));

    private static IEnumerable<string> Tables(Element child) =>
        new[] { child["table"] }.OfType<string>().Concat(child.Children.SelectMany(Tables));

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        if (step["column"] is not { } name)
        {
            if (HasNoSchema(step, scope, "the row is the object, whose types are known"))
                new FlattenBinding(step, scope).Bind(source, null, null);
        }
        else if (scope.Column(source, name, step.LocationOf("column")) is { } column)
            BindColumn(step, scope, source, column);
    }

    private static void BindColumn(Element step, BindScope scope, Dataset source, Column column)
    {
        if (column.Type.Kind == TypeKind.Struct)
        {
            if (HasNoSchema(step, scope, $"'{column.Name}' is a struct, whose types are known"))
                new FlattenBinding(step, scope).Bind(source, column, null);
        }
        else if (column.Type.Kind != TypeKind.Varchar)
            scope.Findings.Add(
                Rule.TypeMismatch,
                step.LocationOf("column"),
                $"'{column.Name}' is {column.Type}, but an object is a struct or JSON text",
                column.Type.Kind == TypeKind.List ? "leave column out: the row is then the object, and its lists become children" : null
            );
        else if (!step.Has("schemaRef"))
            scope.Findings.Add(
                Rule.MissingAttribute,
                step.LocationOf("column"),
                $"what the JSON text in '{column.Name}' holds cannot be known before it is read",
                "say it with schemaRef=, an Avro or JSON Schema"
            );
        else if (scope.Schema(step) is { } fields)
            new FlattenBinding(step, scope).Bind(source, column, LogicalType.Struct(fields));
    }

    private static bool HasNoSchema(Element step, BindScope scope, string reason)
    {
        if (!step.Has("schemaRef"))
            return true;
        scope.Findings.Add(
            Rule.ConflictingAttributes,
            step.LocationOf("schemaRef"),
            $"schemaRef is for JSON text; here {reason}",
            "leave it out"
        );
        return false;
    }
}
