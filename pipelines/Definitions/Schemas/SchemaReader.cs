using System.Text.Json;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>Reads schema files: Avro where the root is a record, JSON Schema where it is an object's.</summary>
public static class SchemaReader
{
    /// <summary>Reads a schema; null when anything about it is wrong, which is reported with its place in the file.</summary>
    /// <param name="text">The schema.</param>
    /// <param name="file">Its path as the user knows it.</param>
    /// <param name="findings">Where findings go.</param>
    public static TableSchema? Read(string text, string file, Diagnostics findings)
    {
        var found = new Diagnostics();
        var root = JsonText.Parse(text, file, found);
        var schema = root is null ? null : Read(root, found);
        if (schema is not null && !SchemaSize.IsWithin(schema))
            found.Add(Rule.BadSchema, root!.Location, SchemaSize.TooLarge);
        findings.AddRange(found);
        return found.HasErrors ? null : schema;
    }

    private static TableSchema? Read(JsonValue root, Diagnostics findings)
    {
        if (root["type"] is { } type && type.IsText("record"))
            return new AvroSchemaReader(findings).Read(root);
        if (root.Kind == JsonValueKind.Object && (root["$schema"] ?? root["properties"] ?? root["$ref"] ?? root["items"]) is not null)
            return new JsonSchemaReader(root, findings).Read();
        findings.Add(
            Rule.BadSchema,
            root.Location,
            "the file is neither an Avro schema nor a JSON Schema of a table",
            "an Avro schema has \"type\": \"record\" and \"fields\"; a JSON Schema has \"type\": \"object\" and \"properties\""
        );
        return null;
    }
}
