using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// The rows of a dataset in the form that a target's schema asks for: its columns in its order and types, a missing one with its default, and
/// what the schema does not know refused.
/// </summary>
internal sealed class TargetRows
{
    private readonly IReadOnlyList<string> items;

    private TargetRows(TableSchema? schema, IReadOnlyList<Column> columns, IReadOnlyList<string> items)
    {
        Schema = schema;
        Columns = columns;
        this.items = items;
    }

    /// <summary>The schema, or null where the target names none.</summary>
    public TableSchema? Schema { get; }

    /// <summary>The columns that are written.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>Finds out how a dataset becomes what a target writes; reports what does not fit, and returns null if anything does not.</summary>
    public static TargetRows? Of(Element target, Dataset dataset, ConnectorContext context)
    {
        if (!target.Has("schemaRef"))
            return new TargetRows(null, dataset.Columns, [.. dataset.Columns.Select(c => Sql.Identifier(c.Name))]);
        if (SchemaFile.Read(target, context) is not { } schema)
            return null;
        var at = target.LocationOf("schemaRef");
        var before = context.Findings.Count;
        var items = schema.Columns.Select(c => Item(c, dataset, at, context)).ToArray();
        foreach (var extra in dataset.Columns.Where(c => !schema.Columns.Any(s => Find(s, dataset) == c)))
            context.Findings.Add(
                Rule.SchemaDrift,
                at,
                $"dataset '{dataset.Name}' has the column '{extra.Name}', which the schema '{target["schemaRef"]}' does not",
                NearestName.Hint(extra.Name, schema.Columns.Select(c => c.Name)) ?? "leave it out with <select>, or add it to the schema"
            );
        return context.Findings.Count > before ? null : new TargetRows(schema, [.. schema.Columns.Select(c => c.Column)], items);
    }

    /// <summary>The same rows with more columns behind, of constants in SQL.</summary>
    public TargetRows With(params (Column Column, string Value)[] more) =>
        new(
            Schema,
            [.. Columns, .. more.Select(m => m.Column)],
            [.. items, .. more.Select(m => $"CAST({m.Value} AS {m.Column.Type}) AS {Sql.Identifier(m.Column.Name)}")]
        );

    /// <summary>The query that gives the rows in that form, from one that gives the dataset.</summary>
    public string Select(string sql) => $"SELECT {string.Join(", ", items)} FROM (\n{sql}\n) AS d";

    private static Column? Find(SchemaColumn column, Dataset dataset) =>
        dataset.Find(column.Name) ?? column.Aliases.Select(dataset.Find).FirstOrDefault(c => c is not null);

    private static string Item(SchemaColumn column, Dataset dataset, SourceLocation at, ConnectorContext context)
    {
        var fallback =
            column.DefaultFrom is { } parameter ? $"getvariable({Sql.Literal(ParameterText.Variable(parameter))})"
            : column.Default is { } text ? Sql.Literal(text)
            : null;
        if (column.DefaultFrom is { } name && !context.Values.Types.ContainsKey(name))
            context.Findings.Add(
                Rule.UnknownParameter,
                at,
                $"the schema takes '{column.Name}' from the parameter '{name}', which there is not",
                NearestName.Hint(name, context.Values.Types.Keys)
            );
        var found = Find(column, dataset);
        if (found is null && fallback is null && !column.IsNullable)
            context.Findings.Add(
                Rule.SchemaDrift,
                at,
                $"the schema demands the column '{column.Name}', which dataset '{dataset.Name}' does not have",
                NearestName.Hint(column.Name, dataset.Columns.Select(c => c.Name)) ?? "derive it, or give it a default in the schema"
            );
        if (found is not null && !TypeFit.IsAllowed(found.Type, column.Type))
            context.Findings.Add(
                Rule.TypeMismatch,
                at,
                $"the schema has '{column.Name}' as {column.Type}, but dataset '{dataset.Name}' has it as {found.Type}",
                "convert it with <derive>"
            );
        var value = found is null ? fallback ?? "NULL" : Sql.Identifier(found.Name);
        if (found is not null && fallback is not null && !column.IsNullable)
            value = $"coalesce({value}, {fallback})";
        return $"CAST({value} AS {column.Type}) AS {Sql.Identifier(column.Name)}";
    }
}
