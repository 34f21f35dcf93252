using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors.Csv;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>json</c> as a target: objects, one a line or in one array.</summary>
public sealed class JsonTarget : FileTarget
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("json", "Writes JSON objects in UTF-8, one a line or in one array a file.")
        {
            Attributes =
            [
                .. FileAttributes(TextCompression.Writable, "none"),
                new("format", AttributeKind.Choice, "One object a line, or one array a file.")
                {
                    Choices = ["lines", "array"],
                    Default = "lines",
                },
            ],
            Example = """<json path="export/orders" mode="append" compression="gzip"/>""",
        };

    /// <inheritdoc/>
    protected internal override string Ending => ".json";

    /// <inheritdoc/>
    protected internal override string CopyOptions(Element target) =>
        $"FORMAT json, ARRAY {(target["format"] == "array" ? "true" : "false")}";

    /// <inheritdoc/>
    protected internal override string? EngineCompression(string compression) =>
        TextCompression.IsWrittenByEngine(compression) ? compression : null;

    /// <inheritdoc/>
    protected internal override string Value(Column column) => Moment(column) ?? Sql.Identifier(column.Name);
}
