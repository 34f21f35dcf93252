using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A finding in a run's record: flat, its rule by id, as every command prints findings.</summary>
internal sealed class FindingJson : JsonConverter<Diagnostic>
{
    public override Diagnostic Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("A run's record is written, and read as JSON.");

    public override void Write(Utf8JsonWriter writer, Diagnostic value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("severity", value.Severity.ToString().ToLowerInvariant());
        writer.WriteString("rule", value.Rule.Id);
        writer.WriteString("file", value.Location.File);
        writer.WriteNumber("line", value.Location.Line);
        writer.WriteNumber("column", value.Location.Column);
        writer.WriteString("message", value.Message);
        if (value.Hint is not null)
            writer.WriteString("hint", value.Hint);
        writer.WriteEndObject();
    }
}
