using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>json</c> as a source: files of JSON objects.</summary>
public sealed class JsonSource : SourceKind
{
    /// <summary>How many objects decide the types where there is no schema.</summary>
    private const int SampleSize = 100_000;

    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("json", "Reads JSON objects, one a line or in an array a file. Objects within objects and lists keep their structure.")
        {
            Attributes =
            [
                .. CommonAttributes,
                new("path", AttributeKind.Path, "The files: a path below the hub root or a mounted address, which may hold wildcards.")
                {
                    Required = true,
                },
                new("format", AttributeKind.Choice, "One object a line, or one array a file.")
                {
                    Choices = ["lines", "array"],
                    Default = "lines",
                },
                new("compression", AttributeKind.Choice, "How the files are compressed; without it, their ending tells.")
                {
                    Choices = ["none", "gzip", "zstd"],
                },
                new(
                    "onBadRow",
                    AttributeKind.Choice,
                    "What becomes of a line that is no JSON: the run fails, or it is left out. A value that its type cannot hold is null then."
                )
                {
                    Choices = ["fail", "skip"],
                    Default = "fail",
                },
                SourceFiles.Incremental,
            ],
            Example = """<json id="orders" path="landing/orders/*.json" schemaRef="schemas/order.json"/>""",
        };

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Column>? Describe(Element source, ConnectorContext context)
    {
        var schema = SchemaFile.Read(source, context);
        if ((source.Has("schemaRef") && schema is null) || SourceFiles.Find(source, context) is not { } files)
            return null;
        if (files.Count == 0)
            SourceFiles.ReportNone(source, context);
        if (files.Count == 0 || schema is not null)
            return schema?.Columns.Select(c => c.Column).ToArray();
        try
        {
            using var statement = context.Probe.Prepare($"SELECT * FROM {Scan(source, files, null)}");
            return statement.Columns;
        }
        catch (EngineException e)
        {
            context.Findings.Add(
                Rule.MissingFile,
                source.LocationOf("path"),
                $"'{source["path"]}' cannot be read as JSON: {EngineMessage.FirstLine(e)}"
            );
            return null;
        }
    }

    /// <inheritdoc/>
    protected internal override OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context)
    {
        var files = SourceFiles.Open(source, context);
        return new OpenedFiles(files, columns, columns, f => Scan(source, f, columns), []);
    }

    private static string Scan(Element source, IReadOnlyList<SourceFile> files, IReadOnlyList<Column>? columns)
    {
        var options =
            $"format = '{(source["format"] == "array" ? "array" : "newline_delimited")}', ignore_errors = {(source["onBadRow"] == "skip" ? "true" : "false")}";
        options += columns is null
            ? $", sample_size = {SampleSize}, union_by_name = true"
            : $", columns = {{{string.Join(", ", columns.Select(c => $"{Sql.Literal(c.Name)}: {Sql.Literal(c.Type.ToString())}"))}}}";
        if (source["compression"] is { } compression)
            options += $", compression = '{compression}'";
        return $"read_json([{string.Join(", ", files.Select(f => Sql.Literal(f.Location)))}], {options})";
    }
}
