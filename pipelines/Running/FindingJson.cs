using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A finding in a run's record: flat, its rule by id, as every command prints findings.</summary>
internal sealed class FindingJson : JsonConverter<Diagnostic>
{
    public override Diagnostic Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var finding = document.RootElement;
        var rule = finding.GetProperty("rule").GetString();
        return new(
            // A later version of the hub may have written it by a rule of its own.
            Rule.All.FirstOrDefault(r => r.Id == rule) ?? new Rule(rule!, SeverityOf(finding), ""),
            new(finding.GetProperty("file").GetString()!, finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32()),
            finding.GetProperty("message").GetString()!,
            finding.TryGetProperty("hint", out var hint) ? hint.GetString() : null
        );
    }

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

    private static Severity SeverityOf(JsonElement finding) =>
        Enum.TryParse<Severity>(finding.GetProperty("severity").GetString(), ignoreCase: true, out var severity)
            ? severity
            : Severity.Error;
}
