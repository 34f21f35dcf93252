using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary><c>database</c> as a target: a table of a database.</summary>
public sealed class DatabaseTarget : TargetKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("database", "Writes a table of a database in one transaction. A table that is missing is made.")
        {
            Attributes =
            [
                .. CommonAttributes,
                .. DatabaseAddress.Attributes,
                new(
                    "mode",
                    AttributeKind.Choice,
                    "What happens to the rows that are there: they stay, they all go, or those with the keys of a new row are replaced. With `overwrite` readers see the old rows until the new ones are there; `truncateInsert` is faster and locks them out."
                )
                {
                    Choices = ["append", "overwrite", "merge", "truncateInsert"],
                    Default = "append",
                },
                new(
                    "keys",
                    AttributeKind.Columns,
                    "With `merge`: the columns by which a row is found again; without it, the table's primary key. They become the primary key of a table that is made."
                ),
                new(
                    "writeBatchSize",
                    AttributeKind.PositiveInteger,
                    "Rows sent at a time, all within one transaction; without it, all in one go."
                ),
            ],
            Children =
            [
                new(
                    new ElementSpec("table", "The table.")
                    {
                        Attributes = [new("name", AttributeKind.Text, "Its name: `table` or `schema.table`.") { Required = true }],
                    },
                    Min: 1
                ),
            ],
            Details =
                $"A run's token is committed with its rows, in the table `{DatabaseSession.Tokens}`, so that a run that is repeated writes nothing twice.",
            Example = """
                <database connectionRef="crm" mode="merge" keys="customer_id">
                  <table name="crm.customer_snapshot"/>
                </database>
                """,
        };

    /// <inheritdoc/>
    protected internal override void Check(Element target, Dataset dataset, ConnectorContext context)
    {
        var rows = TargetRows.Of(target, dataset, context);
        if (!DatabaseAddress.Check(target, context) || rows is null || target.IsOpen)
            return;
        try
        {
            using var session = DatabaseSession.Open(DatabaseAddress.Of(target, context), context);
            TableMatch.Of(target, rows.Columns, session).Report(context.Findings);
        }
        catch (RunException e)
        {
            context.Findings.Add(Rule.NotChecked, target.Location, $"the table could not be checked: {e.Message}", e.Hint);
        }
    }

    /// <inheritdoc/>
    protected internal override string Place(Element target, ConnectorContext context) =>
        $"{DatabaseAddress.Describe(target, context)} table {target.Child("table")?["name"]}";

    /// <inheritdoc/>
    protected internal override OpenedTarget Open(BoundTarget target, RunContext context)
    {
        var rows = TargetRows.Of(target.Element, target.Dataset, context)!;
        var session = DatabaseSession.Open(DatabaseAddress.Of(target.Element, context), context.Root, isWritten: true);
        try
        {
            return new DatabaseWrite(session, target.Element, rows, context.Token(target.Name));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
