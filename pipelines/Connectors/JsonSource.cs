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
                    Choices = ["fail", "skip", "quarantine"],
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
        return new OpenedFiles(files, columns, columns, f => Scan(source, f, columns), [])
        {
            Outcome = source["onBadRow"] == "fail" ? null : c => Rejected(source, files, c),
        };
    }

    private static string Scan(Element source, IReadOnlyList<SourceFile> files, IReadOnlyList<Column>? columns)
    {
        var options =
            $"format = '{(source["format"] == "array" ? "array" : "newline_delimited")}', ignore_errors = {(source["onBadRow"] == "fail" ? "false" : "true")}";
        options += columns is null
            ? $", sample_size = {SampleSize}, union_by_name = true"
            : $", columns = {{{string.Join(", ", columns.Select(c => $"{Sql.Literal(c.Name)}: {Sql.Literal(c.Type.ToString())}"))}}}";
        if (source["compression"] is { } compression)
            options += $", compression = '{compression}'";
        return $"read_json([{string.Join(", ", files.Select(f => Sql.Literal(f.Location)))}], {options})";
    }

    /// <summary>The engine leaves out lines that are no JSON without a word; they are found by reading the lines once more as text.</summary>
    private static ReadOutcome Rejected(Element source, IReadOnlyList<SourceFile> files, Connection connection)
    {
        if (files.Count == 0 || source["format"] == "array")
            return ReadOutcome.Clean;
        var paths = string.Join(", ", files.Select(f => Sql.Literal(f.Location)));
        // A control character cannot stand in JSON, so it separates nothing and a line is one field.
        var lines =
            $"read_csv([{paths}], auto_detect = false, header = false, columns = {{'text': 'VARCHAR'}}, delim = chr(1), quote = '', escape = '', filename = 'file')";
        const string bad = "text IS NOT NULL AND NOT json_valid(text)";
        using var count = connection.Query($"SELECT count(*) FROM {lines} WHERE {bad}");
        var rejected = count.Scalar<long>();
        if (rejected == 0 || source["onBadRow"] == "skip")
            return new ReadOutcome(rejected, null);
        var numbered =
            $"(SELECT file, text, row_number() OVER (PARTITION BY file ORDER BY n) AS line FROM (SELECT *, row_number() OVER () AS n FROM {lines}))";
        return new ReadOutcome(rejected, $"SELECT file, line, text, 'no JSON' AS reason FROM {numbered} WHERE {bad}");
    }
}
