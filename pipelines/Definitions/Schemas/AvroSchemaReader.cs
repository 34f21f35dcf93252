using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>
/// Reads an Avro schema whose root is a record. A column is nullable by a union with <c>null</c>. Field names that Avro would refuse, such as ones
/// with a space, are kept, since files have them.
/// </summary>
internal sealed class AvroSchemaReader(Diagnostics findings)
{
    private static readonly Dictionary<string, LogicalType> Primitives = new()
    {
        ["boolean"] = LogicalType.Boolean,
        ["int"] = LogicalType.Integer,
        ["long"] = LogicalType.BigInt,
        ["float"] = LogicalType.Float,
        ["double"] = LogicalType.Double,
        ["bytes"] = LogicalType.Blob,
        ["string"] = LogicalType.Varchar,
    };

    private static readonly string[] TypeNames = [.. Primitives.Keys, "null", "record", "enum", "array", "map", "fixed"];

    private static readonly Dictionary<(string Type, string Logical), LogicalType> LogicalTypes = new()
    {
        [("int", "date")] = LogicalType.Date,
        [("int", "time-millis")] = LogicalType.Time,
        [("long", "time-micros")] = LogicalType.Time,
        [("long", "timestamp-millis")] = LogicalType.TimestampTz,
        [("long", "timestamp-micros")] = LogicalType.TimestampTz,
        [("long", "local-timestamp-millis")] = LogicalType.Timestamp,
        [("long", "local-timestamp-micros")] = LogicalType.Timestamp,
        [("string", "uuid")] = LogicalType.Uuid,
        [("fixed", "uuid")] = LogicalType.Uuid,
    };

    // By full name; null while a record is being read, so that one inside itself is found.
    private readonly Dictionary<string, LogicalType?> named = [];

    public TableSchema? Read(JsonValue root)
    {
        var space = Text(root, "namespace") ?? "";
        if (Declare(root, space) is not { } name)
            return null;
        return new TableSchema(root["name"]!.Text, Text(root, "doc"), Fields(root, NamespaceOf(name)));
    }

    private IReadOnlyList<SchemaColumn> Fields(JsonValue record, string space)
    {
        if (record["fields"] is not { Kind: JsonValueKind.Array } fields)
        {
            Report(record["fields"] ?? record, "a record has an array of fields");
            return [];
        }
        if (fields.Items.Count == 0)
            Report(fields, "a record has at least one field");
        return SchemaColumns.Distinct(fields.Items.Select(f => Field(f, space)).OfType<SchemaColumn>(), findings);
    }

    private SchemaColumn? Field(JsonValue field, string space)
    {
        if (field["name"] is not { Kind: JsonValueKind.String, Text.Length: > 0 } name)
        {
            Report(field["name"] ?? field, "a field has a name");
            return null;
        }
        if (field["type"] is not { } type)
        {
            Report(field, $"the field '{name.Text}' has no type");
            return null;
        }
        var (read, isNullable) = TypeOrUnion(type, space);
        if (read is null)
            return null;
        return new SchemaColumn(name.Text, read, name.Location)
        {
            IsNullable = isNullable,
            Doc = Text(field, "doc"),
            Default = field["default"] is { } value ? AvroDefault.Read(value, type, read, isNullable, findings) : null,
            DefaultFrom = SchemaColumns.DefaultFrom(field, findings),
            Aliases = SchemaColumns.Aliases(field, findings),
        };
    }

    private (LogicalType? Type, bool IsNullable) TypeOrUnion(JsonValue type, string space)
    {
        if (type.Kind != JsonValueKind.Array)
            return (TypeOf(type, space), false);
        var types = type.Items.Where(t => !t.IsText("null")).ToArray();
        if (types.Length == 1)
            return (TypeOf(types[0], space), type.Items.Count > 1);
        Report(
            type,
            "a column has one type: a union may be of null and one other",
            types.Length > 1 ? "choose the type that holds them all, such as string" : null
        );
        return (null, false);
    }

    private LogicalType? TypeOf(JsonValue type, string space)
    {
        if (type.Kind == JsonValueKind.Array)
            return TypeOrUnion(type, space).Type;
        if (type.IsText())
            return Reference(type, space);
        if (type["type"] is not { } inner)
        {
            Report(type, $"{type.Described} is no type");
            return null;
        }
        if (!inner.IsText())
            return TypeOf(inner, space);
        if (type["logicalType"] is { Kind: JsonValueKind.String } logical && inner.Text is not ("record" or "enum" or "array" or "map"))
            return Logical(type, inner, logical, space);
        return Complex(type, inner, space);
    }

    private LogicalType? Complex(JsonValue type, JsonValue inner, string space)
    {
        switch (inner.Text)
        {
            case "record":
                return Record(type, space);
            case "enum":
                return Define(type, space, LogicalType.Varchar);
            case "fixed":
                return Define(type, space, LogicalType.Blob);
            case "array":
                return Inner(type, "items", space) is { } items ? LogicalType.List(items) : null;
            case "map":
                return Inner(type, "values", space) is { } values ? LogicalType.Map(LogicalType.Varchar, values) : null;
            default:
                return Reference(inner, space);
        }
    }

    private LogicalType? Inner(JsonValue type, string member, string space)
    {
        if (type[member] is { } inner)
            return TypeOf(inner, space);
        Report(type, $"{type["type"]!.Described} has no {member}");
        return null;
    }

    private LogicalType? Record(JsonValue record, string space)
    {
        if (Declare(record, space) is not { } name)
            return null;
        var fields = Fields(record, NamespaceOf(name));
        // A record that is wrong has been reported; who refers to it is not blamed.
        return named[name] = fields.Count == 0 ? LogicalType.Unknown : LogicalType.Struct(fields.Select(f => f.Column));
    }

    private LogicalType? Define(JsonValue type, string space, LogicalType logical) =>
        Declare(type, space) is { } name ? named[name] = logical : null;

    /// <summary>Takes a named type's full name, so that it can be referred to.</summary>
    private string? Declare(JsonValue type, string space)
    {
        if (type["name"] is not { Kind: JsonValueKind.String, Text.Length: > 0 } name)
        {
            Report(type["name"] ?? type, $"{type["type"]!.Described} has a name");
            return null;
        }
        var full = FullName(name.Text, Text(type, "namespace") ?? space);
        if (named.TryAdd(full, null))
            return full;
        Report(name, $"the type '{full}' is already defined", "refer to it by its name, or choose another");
        return null;
    }

    private LogicalType? Reference(JsonValue name, string space)
    {
        if (Primitives.TryGetValue(name.Text, out var primitive))
            return primitive;
        if (name.IsText("null"))
        {
            Report(name, "a column has a type besides null", "write [\"null\", \"string\"]");
            return null;
        }
        if (!named.TryGetValue(FullName(name.Text, space), out var type) && !named.TryGetValue(name.Text, out type))
            Report(
                name,
                $"{name.Described} is no Avro type",
                NearestName.Hint(name.Text, [.. TypeNames, .. named.Keys, .. named.Keys.Select(ShortName)])
            );
        else if (type is null)
            Report(name, $"the record '{name.Text}' would hold itself", "a column cannot be nested without end");
        return type;
    }

    private LogicalType? Logical(JsonValue type, JsonValue inner, JsonValue logical, string space)
    {
        var isDecimal = logical.IsText("decimal") && inner.Text is "bytes" or "fixed";
        var meant = isDecimal ? Decimal(type) : LogicalTypes.GetValueOrDefault((inner.Text, logical.Text));
        // As Avro has it, a logical type that is not known, or not for this type, means the type beneath.
        if (inner.IsText("fixed"))
            return Define(type, space, meant ?? LogicalType.Blob);
        return meant ?? (isDecimal ? null : Reference(inner, space));
    }

    private LogicalType? Decimal(JsonValue type)
    {
        var precision = type["precision"]?.Integer;
        var scale = type["scale"] is { } written ? written.Integer : 0;
        if (precision is >= 1 and <= 38 && scale >= 0 && scale <= precision)
            return LogicalType.Decimal(precision.Value, scale.Value);
        Report(type["precision"] ?? type, "a decimal has a precision of 1 to 38 and a scale of 0 to its precision");
        return null;
    }

    private string? Text(JsonValue from, string member)
    {
        if (from[member] is not { } value)
            return null;
        if (!value.IsText())
            Report(value, $"{member} must be a string");
        return value.Text;
    }

    private static string FullName(string name, string space) =>
        name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";

    private static string NamespaceOf(string fullName) => fullName.LastIndexOf('.') is > 0 and var dot ? fullName[..dot] : "";

    private static string ShortName(string fullName) => fullName[(fullName.LastIndexOf('.') + 1)..];

    private void Report(JsonValue at, string message, string? hint = null) => findings.Add(Rule.BadSchema, at.Location, message, hint);
}
