using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>Compares what a source has with what its schema says, by the policy of its <c>onDrift</c>.</summary>
internal static class SourceDrift
{
    /// <summary>The columns the source gives: its schema's, under <c>evolve</c> with those that are new; without a schema, what it has.</summary>
    public static IReadOnlyList<Column> Check(Element source, TableSchema? schema, IReadOnlyList<Column> found, ConnectorContext context)
    {
        if (schema is null)
            return found;
        var policy = source["onDrift"];
        var rule = policy == "fail" ? Rule.SchemaDrift : Rule.SchemaDriftSeen;
        var at = source.LocationOf("schemaRef");
        foreach (var column in schema.Columns)
        {
            var there = Find(column, found);
            if (there is null && (!column.IsNullable || policy != "evolve"))
                context.Findings.Add(
                    column.IsNullable ? rule : Rule.SchemaDrift,
                    at,
                    $"source '{source["id"]}' does not have the column '{column.Name}' of its schema",
                    NearestName.Hint(column.Name, found.Select(c => c.Name)) ?? "correct the schema, or set onDrift"
                );
            else if (there is not null && !TypeFit.IsAllowed(there.Type, column.Type))
                context.Findings.Add(
                    Rule.SchemaDrift,
                    at,
                    $"source '{source["id"]}' has the column '{column.Name}' as {there.Type}, its schema as {column.Type}",
                    "correct the schema"
                );
        }
        var extra = found.Where(f => !schema.Columns.Any(c => Find(c, found) == f)).ToArray();
        if (policy != "evolve")
            foreach (var column in extra)
                context.Findings.Add(
                    rule,
                    at,
                    $"source '{source["id"]}' has the column '{column.Name}', which its schema does not",
                    "add it to the schema, or set onDrift=\"evolve\" to take it along"
                );
        var declared = schema.Columns.Select(c => c.Column);
        return policy == "evolve" ? [.. declared, .. extra] : [.. declared];
    }

    /// <summary>The column of a source that one of the schema means.</summary>
    public static Column? Find(SchemaColumn column, IReadOnlyList<Column> found) =>
        new[] { column.Name }
            .Concat(column.Aliases)
            .Select(n =>
                found.FirstOrDefault(f => f.Name == n) ?? found.FirstOrDefault(f => f.Name.Equals(n, StringComparison.OrdinalIgnoreCase))
            )
            .FirstOrDefault(c => c is not null);
}
