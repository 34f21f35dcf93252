using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessHub.Lake.Schema;

/// <summary>A schema as the log holds it: the protocol's "schema serialization format".</summary>
internal static partial class SchemaJson
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Table = "the table";

    /// <summary>A field inside of a field is three levels further down in JSON, of which there are 64 unless one asks for more.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    private static readonly Dictionary<string, DeltaType> Primitives = new DeltaType[]
    {
        DeltaType.String,
        DeltaType.Long,
        DeltaType.Integer,
        DeltaType.Short,
        DeltaType.Byte,
        DeltaType.Float,
        DeltaType.Double,
        DeltaType.Boolean,
        DeltaType.Binary,
        DeltaType.Date,
        DeltaType.Timestamp,
        DeltaType.TimestampNtz,
        DeltaType.Void,
    }.ToDictionary(type => type.ToString()!);

    /// <summary>Spark called it so before it called it <c>void</c>.</summary>
    private const string OldVoid = "null";

    /// <summary>Reads a schema.</summary>
    /// <exception cref="FormatException">It is not one, or has a type we do not know; the message says where.</exception>
    public static StructType Parse(string schemaString)
    {
        try
        {
            return ParseType(JsonNode.Parse(schemaString, documentOptions: Deep), Table) as StructType
                ?? throw new FormatException("its schema is not a struct");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"its schema is not what the protocol has: {e.Message}", e);
        }
    }

    public static string Write(StructType schema)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            WriteType(writer, schema);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static DeltaType ParseType(JsonNode? node, string place) =>
        node switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => ParseName(value.GetValue<string>(), place),
            JsonObject composite => Text(composite, "type", place) switch
            {
                "struct" => new StructType(Fields(composite, place)),
                "array" => new ArrayType(ParseType(composite["elementType"], $"{place}, its element"), Flag(composite, "containsNull")),
                "map" => new MapType(
                    ParseType(composite["keyType"], $"{place}, its key"),
                    ParseType(composite["valueType"], $"{place}, its value"),
                    Flag(composite, "valueContainsNull")
                ),
                var other => throw Unknown(other, place),
            },
            _ => throw new FormatException($"the schema of {place} has no type"),
        };

    /// <summary>Reads a type that is a word.</summary>
    /// <exception cref="FormatException">It is none we know; the message says where it stands.</exception>
    public static DeltaType ParseName(string name, string place)
    {
        if (Primitives.TryGetValue(name == OldVoid ? DeltaType.Void.ToString()! : name, out var type))
            return type;
        if (DecimalName().Match(name) is not { Success: true } match)
            throw Unknown(name, place);
        var precision = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var scale = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        return precision is >= 1 and <= 38 && scale <= precision ? new DecimalType(precision, scale) : throw Unknown(name, place);
    }

    private static List<SchemaField> Fields(JsonObject node, string place)
    {
        if (node["fields"] is not JsonArray items)
            throw new FormatException($"the schema of {place} has no fields");
        if (items.Count == 0 && place != Table)
            throw new FormatException($"{place} is a struct without fields, which no data file can have");
        var fields = new List<SchemaField>(items.Count);
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in items)
        {
            if (field is not JsonObject item)
                throw new FormatException($"the schema of {place} has a field that is no object");
            var name = Text(item, "name", place);
            if (!names.TryAdd(name, name))
                throw new FormatException(
                    $"{place} has both '{names[name]}' and '{name}', which are one name: nothing tells upper and lower case apart"
                );
            var metadata = item["metadata"] as JsonObject ?? [];
            fields.Add(new(name, ParseType(item["type"], $"column '{name}'"), Flag(item, "nullable"), (JsonObject)metadata.DeepClone()));
        }
        return fields;
    }

    private static string Text(JsonObject node, string key, string place) =>
        node[key]?.GetValue<string>() ?? throw new FormatException($"the schema of {place} lacks '{key}'");

    /// <summary>What is not said to be forbidden is allowed.</summary>
    private static bool Flag(JsonObject node, string key) => node[key]?.GetValue<bool>() ?? true;

    private static FormatException Unknown(string type, string place) => new($"the type '{type}' of {place} is not one this version knows");

    private static void WriteType(Utf8JsonWriter writer, DeltaType type)
    {
        switch (type)
        {
            case StructType composite:
                writer.WriteStartObject();
                writer.WriteString("type", "struct");
                writer.WriteStartArray("fields");
                foreach (var field in composite.Fields)
                    WriteField(writer, field);
                writer.WriteEndArray();
                writer.WriteEndObject();
                break;
            case ArrayType array:
                writer.WriteStartObject();
                writer.WriteString("type", "array");
                writer.WritePropertyName("elementType");
                WriteType(writer, array.Element);
                writer.WriteBoolean("containsNull", array.ContainsNull);
                writer.WriteEndObject();
                break;
            case MapType map:
                writer.WriteStartObject();
                writer.WriteString("type", "map");
                writer.WritePropertyName("keyType");
                WriteType(writer, map.Key);
                writer.WritePropertyName("valueType");
                WriteType(writer, map.Value);
                writer.WriteBoolean("valueContainsNull", map.ValueContainsNull);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(type.ToString());
                break;
        }
    }

    private static void WriteField(Utf8JsonWriter writer, SchemaField field)
    {
        writer.WriteStartObject();
        writer.WriteString("name", field.Name);
        writer.WritePropertyName("type");
        WriteType(writer, field.Type);
        writer.WriteBoolean("nullable", field.Nullable);
        writer.WritePropertyName("metadata");
        field.Metadata.WriteTo(writer);
        writer.WriteEndObject();
    }

    [GeneratedRegex(@"^decimal\(\s*([0-9]{1,2})\s*,\s*([0-9]{1,2})\s*\)$", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalName();
}
