using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors.Csv;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>csv</c> as a target: delimited text files.</summary>
public sealed class CsvTarget : FileTarget
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("csv", "Writes delimited text: RFC 4180, UTF-8, quotes only where needed, null as nothing and the empty string as `\"\"`.")
        {
            Attributes =
            [
                .. FileAttributes(TextCompression.Writable, "none"),
                new("header", AttributeKind.Boolean, "Whether the first line names the columns.") { Default = "true" },
                new("delimiter", AttributeKind.Character, "What separates fields; `\\t` is a tab.") { Default = "," },
            ],
            Example = """<csv path="export/customers/%Y/%m/%d" mode="overwrite" compression="gzip"/>""",
        };

    /// <inheritdoc/>
    protected internal override string Ending => ".csv";

    /// <inheritdoc/>
    protected internal override string CopyOptions(Element target) =>
        $"FORMAT csv, HEADER {target["header"]}, DELIMITER {Sql.Literal(target["delimiter"] == "\\t" ? "\t" : target["delimiter"]!)}, QUOTE '\"', ESCAPE '\"', NULLSTR ''";

    /// <inheritdoc/>
    protected internal override string? EngineCompression(string compression) =>
        TextCompression.IsWrittenByEngine(compression) ? compression : null;

    /// <inheritdoc/>
    protected internal override string Value(Column column)
    {
        var name = Sql.Identifier(column.Name);
        return Moment(column) ?? (IsNested(column.Type) ? $"to_json({name}) AS {name}" : name);
    }
}
