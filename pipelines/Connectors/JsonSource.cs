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
                    "What becomes of a line that is no JSON object, or holds a value that its type cannot hold: the run fails, it is left out and counted, or it is kept beside the first table that the source feeds."
                )
                {
                    Choices = ["fail", "skip", "quarantine"],
                    Default = "fail",
                },
                SourceFiles.Incremental,
            ],
            Details = """
                A value of another form than the column's type is bad, but for a text that holds one (`"5"` is an `int`); a decimal is rounded to its digits. The line of a
                bad row in an array is its place in it.
                """,
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
        if (source["format"] == "lines" && source["compression"] is null && files.Count > 0 && HoldsList(files[0]))
        {
            context.Findings.Add(
                Rule.MissingFile,
                source.LocationOf("path"),
                $"'{context.Root.Name(files[0].Location)}' holds a list, not one object a line",
                "set format=\"array\""
            );
            return null;
        }
        if (files.Count == 0 || schema is not null)
            return schema?.Columns.Select(c => c.Column).ToArray();
        try
        {
            using var statement = context.Probe.Prepare($"SELECT * FROM {Scan(source, files).Sampled(SampleSize)}");
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
        return new OpenedJson(files, columns, Scan(source, files), source["onBadRow"]!);
    }

    private static bool HoldsList(SourceFile file)
    {
        using var text = new StreamReader(file.Location);
        int next;
        do next = text.Read();
        while (next >= 0 && char.IsWhiteSpace((char)next));
        return next == '[';
    }

    private static JsonScan Scan(Element source, IReadOnlyList<SourceFile> files) =>
        new(files, source["format"] == "array", source["compression"]);
}
