using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary><c>database</c> as a source: a query, or a whole table.</summary>
public sealed class DatabaseSource : SourceKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("database", "Reads the rows of a query, or of a whole table, from a database in one transaction.")
        {
            Attributes =
            [
                .. CommonAttributes,
                .. DatabaseAddress.Attributes,
                new(
                    "fetchSize",
                    AttributeKind.PositiveInteger,
                    "Rows fetched at a time. PostgreSQL then goes by a cursor; without it, and elsewhere, rows stream as fast as they are taken."
                ),
                new(
                    "incremental",
                    AttributeKind.Text,
                    "A column that grows. `:watermark` is its highest value in the last successful run, null before the first; with `<table>`, only rows above it are read."
                ),
            ],
            Children =
            [
                new(
                    new ElementSpec(
                        "sql",
                        "The query, in the database's own SQL. `:name` takes a parameter; its value is bound, never pasted."
                    )
                    {
                        Content = ContentKind.Query,
                    }
                ),
                new(
                    new ElementSpec("table", "The table, where all of it is read.")
                    {
                        Attributes = [new("name", AttributeKind.Text, "Its name: `table` or `schema.table`.") { Required = true }],
                    }
                ),
            ],
            Example = """
                <database id="customer_db" jdbcUrl="jdbc:postgresql://crm-host/crm" userSecretRef="crm-reader" incremental="updated_at">
                  <sql><![CDATA[SELECT id, status, updated_at FROM customer WHERE :watermark IS NULL OR updated_at > :watermark]]></sql>
                </database>
                """,
        };

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Column>? Describe(Element source, ConnectorContext context)
    {
        if ((source.Child("sql") is null) == (source.Child("table") is null))
        {
            context.Findings.Add(
                source.Child("sql") is null ? Rule.MissingElement : Rule.ConflictingAttributes,
                source.Location,
                source.Child("sql") is null ? "nothing says what is read" : "<sql> and <table> both say what is read",
                "give either <sql> or <table name=\"…\"/>"
            );
            return null;
        }
        var schema = SchemaFile.Read(source, context);
        var isSound = DatabaseAddress.Check(source, context) & (schema is not null || !source.Has("schemaRef"));
        isSound &= QueryOf(source, context, null, Sql.Identifier) is not null;
        if (!isSound || source.IsOpen)
            return null;
        var columns = Find(source, context) is var (isReached, found)
            ? isReached
                ? found is null
                    ? null
                    : SourceDrift.Check(source, schema, found, context)
                : schema?.Columns.Select(c => c.Column).ToArray()
            : null;
        return columns is not null && source["incremental"] is { } name && !CheckIncremental(name, source, schema, columns, context)
            ? null
            : columns;
    }

    /// <inheritdoc/>
    protected internal override OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context)
    {
        var schema = SchemaFile.Read(source, context);
        var session = DatabaseSession.Open(DatabaseAddress.Of(source, context), context.Root, isWritten: false);
        try
        {
            session.Begin(DatabaseSession.Isolation(source));
            var found = session.Describe(QueryOf(source, context, null, session.Quote)!);
            var done = context.State.Done<Watermark>(source["id"]!) ?? new Watermark((string?)null);
            var type = found.FirstOrDefault(c => c.Name.Equals(source["incremental"], StringComparison.OrdinalIgnoreCase))?.Type;
            var query = QueryOf(source, context, done.Parameter(type), session.Quote)!;
            return new OpenedDatabase(session, query, found, schema, columns, source, context);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static DatabaseQuery? QueryOf(
        Element source,
        ConnectorContext context,
        QueryParameter? watermark,
        Func<string, string> quote
    ) =>
        DatabaseQuery.Of(
            source,
            context,
            source.Has("incremental") ? watermark ?? new Watermark((string?)null).Parameter(null) : null,
            quote
        );

    /// <summary>
    /// What the database says the columns are. Where it cannot be reached, a document that is only looked at is not wrong for that, and a run with a
    /// schema fails when it opens the source; what the database refuses is an error of the document.
    /// </summary>
    private static (bool IsReached, IReadOnlyList<Column>? Columns) Find(Element source, ConnectorContext context)
    {
        DatabaseSession session;
        try
        {
            session = DatabaseSession.Open(DatabaseAddress.Of(source, context), context);
        }
        catch (RunException e)
        {
            if (context.Values.IsKnown("runId") && context.Values["runId"] is not null && !source.Has("schemaRef"))
                throw;
            context.Findings.Add(
                Rule.NotChecked,
                source.Location,
                $"the columns of '{source["id"]}' could not be checked: {e.Message}",
                e.Hint
            );
            return (false, null);
        }
        using (session)
            try
            {
                session.Begin(DatabaseSession.Isolation(source));
                return (true, session.Describe(QueryOf(source, context, null, session.Quote)!));
            }
            catch (RunException e) when (!e.IsTransient)
            {
                var at = source.Child("sql") is { } sql ? sql.TextLocation : source.Child("table")!.LocationOf("name");
                context.Findings.Add(source.Child("sql") is null ? Rule.UnknownTable : Rule.UnboundExpression, at, e.Message, e.Hint);
                return (true, null);
            }
    }

    private static bool CheckIncremental(
        string name,
        Element source,
        TableSchema? schema,
        IReadOnlyList<Column> columns,
        ConnectorContext context
    )
    {
        var at = source.LocationOf("incremental");
        if (Watermark.ColumnOf(name, schema, columns) is not { } column)
            context.Findings.Add(
                Rule.UnknownColumn,
                at,
                $"source '{source["id"]}' gives no column '{name}' to go by",
                NearestName.Hint(name, columns.Select(c => c.Name)) ?? "select it, and have it in the schema if there is one"
            );
        else if (columns.First(c => c.Name == column) is var found && !Watermark.Takes(found.Type))
            context.Findings.Add(
                Rule.TypeMismatch,
                at,
                $"the column '{name}' is {found.Type}, which does not grow",
                "take a number, a date or a timestamp"
            );
        else
            return true;
        return false;
    }
}
