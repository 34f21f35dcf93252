using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>
/// Reads a JSON Schema of a row: an object, or an array of them. A property is a column; it is nullable if it is not required, or its type may be
/// <c>null</c>. References within the file are followed.
/// </summary>
internal sealed partial class JsonSchemaReader(JsonValue root, Diagnostics findings)
{
    private static readonly string[] TypeNames = ["string", "integer", "number", "boolean", "object", "array", "null"];

    private readonly Stack<JsonValue> following = new();
    private int types;

    public TableSchema? Read()
    {
        var row = Resolve(root);
        if (row is not null && IsArray(row) && row["items"] is { } items)
            row = Resolve(items);
        if (row is null)
            return null;
        if (row["properties"] is null)
        {
            Report(row, "the schema of a table is an object with properties", "give it \"type\": \"object\" and \"properties\"");
            return null;
        }
        return new TableSchema(Text(root, "title"), Text(root, "description"), Columns(row));
    }

    private IReadOnlyList<SchemaColumn> Columns(JsonValue schema)
    {
        var properties = schema["properties"]!;
        if (properties.Kind != JsonValueKind.Object || properties.Members.Count == 0)
        {
            Report(properties, "properties is an object with at least one member");
            return [];
        }
        var required = Required(schema, properties);
        return SchemaColumns.Distinct(properties.Members.Select(m => Column(m, required)).OfType<SchemaColumn>(), findings);
    }

    private HashSet<string> Required(JsonValue schema, JsonValue properties)
    {
        if (schema["required"] is not { } required)
            return [];
        if (required.Kind != JsonValueKind.Array || !required.Items.All(i => i.IsText()))
            Report(required, "required is an array of names");
        var names = properties.Members.Select(m => m.Name).ToArray();
        foreach (var name in required.Items.Where(i => i.IsText() && !names.Contains(i.Text)))
            Report(name, $"'{name.Text}' is required, but no property", NearestName.Hint(name.Text, names));
        return [.. required.Items.Select(i => i.Text)];
    }

    private SchemaColumn? Column(JsonMember property, HashSet<string> required)
    {
        var (type, mayBeNull) = TypeOf(property.Value);
        if (type is null)
            return null;
        var isNullable = mayBeNull || !required.Contains(property.Name);
        return new SchemaColumn(property.Name, type, property.NameAt)
        {
            IsNullable = isNullable,
            Doc = Text(property.Value, "description"),
            Default = property.Value["default"] is { } value ? JsonDefault.Read(value, type, isNullable, findings) : null,
            DefaultFrom = SchemaColumns.DefaultFrom(property.Value, findings),
            Aliases = SchemaColumns.Aliases(property.Value, findings),
        };
    }

    private (LogicalType? Type, bool MayBeNull) TypeOf(JsonValue schema)
    {
        if (Resolve(schema) is not { } found || IsTooLarge())
            return (null, false);
        following.Push(found);
        try
        {
            if ((found["anyOf"] ?? found["oneOf"]) is { Kind: JsonValueKind.Array } choices)
                return Alternatives(choices, [.. choices.Items.Where(c => c["type"]?.IsText("null") != true)]);
            if (found["type"] is { Kind: JsonValueKind.Array } types)
                return Alternatives(types, [.. types.Items.Where(t => !t.IsText("null"))], found);
            return (Named(found["type"], found), false);
        }
        finally
        {
            following.Pop();
        }
    }

    private bool IsTooLarge()
    {
        if (++types <= SchemaSize.MaxTypes && following.Count < SchemaSize.MaxDepth)
            return false;
        Report(root, SchemaSize.TooLarge);
        return true;
    }

    private (LogicalType? Type, bool MayBeNull) Alternatives(JsonValue all, IReadOnlyList<JsonValue> types, JsonValue? schema = null)
    {
        if (types.Count != 1)
        {
            Report(
                all,
                "a column has one type, and may be null besides",
                types.Count > 1 ? "choose the type that holds them all, such as string" : null
            );
            return (null, false);
        }
        var mayBeNull = all.Items.Count > 1;
        if (schema is not null)
            return (Named(types[0], schema), mayBeNull);
        var (type, inner) = TypeOf(types[0]);
        return (type, mayBeNull || inner);
    }

    private LogicalType? Named(JsonValue? type, JsonValue schema)
    {
        switch (type?.Text ?? Inferred(schema))
        {
            case "string":
                return StringType(schema);
            case "integer":
                return schema["format"]?.Text is "int32" ? LogicalType.Integer : LogicalType.BigInt;
            case "number":
                return schema["format"]?.Text is "float" ? LogicalType.Float : DecimalType(schema) ?? LogicalType.Double;
            case "boolean":
                return LogicalType.Boolean;
            case "array":
                return ListType(schema);
            case "object":
                return ObjectType(schema);
            case null:
                Report(schema, "a column has a type", "add \"type\": \"string\", or what it is");
                return null;
            case "null":
                Report(type ?? schema, "a column has a type besides null", "write [\"string\", \"null\"]");
                return null;
            case var other:
                Report(type ?? schema, $"'{other}' is no type of JSON Schema", NearestName.Hint(other, TypeNames));
                return null;
        }
    }

    private static string? Inferred(JsonValue schema)
    {
        if (schema["properties"] is not null || schema["additionalProperties"] is { Kind: JsonValueKind.Object })
            return "object";
        if (schema["items"] is not null)
            return "array";
        var kinds = (schema["enum"]?.Items ?? (schema["const"] is { } c ? [c] : [])).Select(v => v.Kind).Distinct().ToArray();
        return kinds switch
        {
            [JsonValueKind.String] => "string",
            [JsonValueKind.Number] => "number",
            [JsonValueKind.True or JsonValueKind.False, ..] => "boolean",
            _ => null,
        };
    }

    private LogicalType? StringType(JsonValue schema) =>
        schema["format"]?.Text switch
        {
            "date" => LogicalType.Date,
            "date-time" => LogicalType.TimestampTz,
            "date-time-local" => LogicalType.Timestamp,
            "time" or "time-local" => LogicalType.Time,
            "uuid" => LogicalType.Uuid,
            "byte" => LogicalType.Blob,
            _ when schema["contentEncoding"]?.IsText("base64") == true => LogicalType.Blob,
            _ => DecimalType(schema) ?? LogicalType.Varchar,
        };

    // JSON Schema has no decimals of its own; the usual way out is a format.
    private LogicalType? DecimalType(JsonValue schema)
    {
        if (schema["format"] is not { Kind: JsonValueKind.String } format || !format.Text.StartsWith("decimal", StringComparison.Ordinal))
            return null;
        if (DecimalForm().Match(format.Text) is { Success: true } m)
        {
            var (precision, scale) = (int.Parse(m.Groups[1].Value), m.Groups[2].Success ? int.Parse(m.Groups[2].Value) : 0);
            if (precision is >= 1 and <= 38 && scale <= precision)
                return LogicalType.Decimal(precision, scale);
        }
        Report(format, $"'{format.Text}' is no decimal", "write decimal(precision,scale), such as decimal(12,2); the precision is 1 to 38");
        return null;
    }

    private LogicalType? ListType(JsonValue schema)
    {
        if (schema["items"] is not { Kind: JsonValueKind.Object } items)
        {
            Report(schema["items"] ?? schema, "an array has items of one type", "add \"items\": { \"type\": … }");
            return null;
        }
        return TypeOf(items).Type is { } element ? LogicalType.List(element) : null;
    }

    private LogicalType? ObjectType(JsonValue schema)
    {
        if (schema["properties"] is not null)
            return Columns(schema) is { Count: > 0 } columns ? LogicalType.Struct(columns.Select(c => c.Column)) : null;
        if (schema["additionalProperties"] is { Kind: JsonValueKind.Object } values)
            return TypeOf(values).Type is { } value ? LogicalType.Map(LogicalType.Varchar, value) : null;
        Report(schema, "an object has properties, or additionalProperties of one type", "use \"type\": \"string\" to keep it as JSON text");
        return null;
    }

    /// <summary>Follows references within the file.</summary>
    private JsonValue? Resolve(JsonValue schema)
    {
        for (var steps = 0; schema["$ref"] is { } reference; steps++)
        {
            if (!reference.Text.StartsWith('#'))
            {
                Report(
                    reference,
                    $"{reference.Described} is outside of this file",
                    "put it under $defs here, and refer to it as #/$defs/name"
                );
                return null;
            }
            if (Find(reference) is not { } found)
                return null;
            schema = found;
            if (steps > 100 || following.Contains(schema))
            {
                Report(reference, $"{reference.Described} would hold itself", "a column cannot be nested without end");
                return null;
            }
        }
        if (schema.Kind == JsonValueKind.Object && schema["allOf"] is null)
            return schema;
        Report(
            schema["allOf"] ?? schema,
            schema["allOf"] is null ? $"{schema.Described} is no schema of a column" : "allOf is not understood",
            "write the type itself"
        );
        return null;
    }

    private JsonValue? Find(JsonValue reference)
    {
        var value = root;
        foreach (var part in reference.Text[1..].Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part)
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            if (value[name] is not { } inner)
            {
                Report(reference, $"{reference.Described} is not in this file", NearestName.Hint(name, value.Members.Select(m => m.Name)));
                return null;
            }
            value = inner;
        }
        return value;
    }

    private string? Text(JsonValue from, string member)
    {
        if (from[member] is not { } value)
            return null;
        if (!value.IsText())
            Report(value, $"{member} must be a string");
        return value.Text;
    }

    private static bool IsArray(JsonValue schema) => schema["type"]?.IsText("array") ?? schema["properties"] is null;

    private void Report(JsonValue at, string message, string? hint = null) => findings.Add(Rule.BadSchema, at.Location, message, hint);

    [GeneratedRegex(@"^decimal\(\s*([0-9]{1,4})\s*(?:,\s*([0-9]{1,4})\s*)?\)\z")]
    private static partial Regex DecimalForm();
}
