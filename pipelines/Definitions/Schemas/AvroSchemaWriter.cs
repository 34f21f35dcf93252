using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>Writes a schema as an Avro record, a field a line, which <see cref="SchemaReader"/> reads back.</summary>
public sealed class AvroSchemaWriter
{
    // The file is read by people and schema tools, never pasted into a web page.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Records inside need names of their own.
    private readonly HashSet<string> names = [];

    private AvroSchemaWriter() { }

    /// <summary>The text of an <c>.avsc</c> file. Defaults are left out.</summary>
    /// <param name="schema">The schema; its name is the record's, <c>Row</c> when it has none.</param>
    /// <param name="space">The namespace; null for none.</param>
    /// <exception cref="ArgumentException">A column's type has no counterpart in Avro, such as a map whose keys are numbers.</exception>
    public static string Write(TableSchema schema, string? space = null)
    {
        var writer = new AvroSchemaWriter();
        var text = new StringBuilder("{\n  \"type\": \"record\",\n");
        text.Append($"  \"name\": {Json(writer.Name(schema.Name ?? "Row"))},\n");
        if (space is not null)
            text.Append($"  \"namespace\": {Json(space)},\n");
        if (schema.Doc is not null)
            text.Append($"  \"doc\": {Json(schema.Doc)},\n");
        text.Append("  \"fields\": [\n    ").AppendJoin(",\n    ", schema.Columns.Select(writer.Field)).Append("\n  ]\n}\n");
        return text.ToString();
    }

    private string Field(SchemaColumn column)
    {
        var type = TypeOf(column.Type, column.Name);
        var field = $"{{ \"name\": {Json(column.Name)}, \"type\": {(column.IsNullable ? $"[\"null\", {type}], \"default\": null" : type)}";
        if (column.DefaultFrom is not null)
            field += $", \"defaultFrom\": {Json(column.DefaultFrom)}";
        if (column.Aliases.Count > 0)
            field += $", \"aliases\": [{string.Join(", ", column.Aliases.Select(Json))}]";
        if (column.Doc is not null)
            field += $", \"doc\": {Json(column.Doc)}";
        return field + " }";
    }

    private string TypeOf(LogicalType type, string name) =>
        type.Kind switch
        {
            TypeKind.Boolean => "\"boolean\"",
            TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Integer or TypeKind.UTinyInt or TypeKind.USmallInt => "\"int\"",
            TypeKind.UInteger or TypeKind.BigInt => "\"long\"",
            TypeKind.Float => "\"float\"",
            TypeKind.Double => "\"double\"",
            TypeKind.Varchar or TypeKind.Enum => "\"string\"",
            TypeKind.Blob => "\"bytes\"",
            TypeKind.UBigInt => Decimal(20, 0),
            TypeKind.HugeInt => Decimal(38, 0),
            TypeKind.Decimal => Decimal(type.Width, type.Scale),
            TypeKind.Uuid => Logical("string", "uuid"),
            TypeKind.Date => Logical("int", "date"),
            TypeKind.Time => Logical("long", "time-micros"),
            TypeKind.TimestampTz => Logical("long", "timestamp-micros"),
            TypeKind.Timestamp or TypeKind.TimestampS or TypeKind.TimestampMs or TypeKind.TimestampNs => Logical(
                "long",
                "local-timestamp-micros"
            ),
            TypeKind.List or TypeKind.Array => $"{{ \"type\": \"array\", \"items\": {Nullable(type.Element, name)} }}",
            TypeKind.Map when type.Children[0].Type.Kind == TypeKind.Varchar =>
                $"{{ \"type\": \"map\", \"values\": {Nullable(type.Children[1].Type, name)} }}",
            TypeKind.Struct => Record(type, name),
            _ => throw new ArgumentException($"Avro has no type for the column '{name}' of type {type}."),
        };

    private string Record(LogicalType type, string name)
    {
        var own = Name(name);
        var fields = type.Children.Select(c => $"{{ \"name\": {Json(c.Name)}, \"type\": {Nullable(c.Type, $"{own}_{c.Name}")} }}");
        return $"{{ \"type\": \"record\", \"name\": {Json(own)}, \"fields\": [{string.Join(", ", fields)}] }}";
    }

    // Within a column anything may be null: the engine does not say otherwise.
    private string Nullable(LogicalType type, string name) => $"[\"null\", {TypeOf(type, name)}]";

    private string Name(string wanted)
    {
        var name = string.Concat(wanted.Select((c, i) => char.IsAsciiLetter(c) || (i > 0 && char.IsAsciiDigit(c)) ? c : '_'));
        for (var n = 2; !names.Add(name); n++)
            name = $"{name.TrimEnd([.. "0123456789"])}{n}";
        return name;
    }

    private static string Decimal(int precision, int scale) =>
        $"{{ \"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": {precision}, \"scale\": {scale} }}";

    private static string Logical(string type, string logical) => $"{{ \"type\": \"{type}\", \"logicalType\": \"{logical}\" }}";

    private static string Json(string text) => JsonSerializer.Serialize(text, Readable);
}
