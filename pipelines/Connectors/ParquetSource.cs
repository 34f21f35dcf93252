using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>parquet</c> as a source: Parquet files.</summary>
public sealed class ParquetSource : SourceKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("parquet", "Reads Parquet files; of each, only the columns and row groups that are needed.")
        {
            Attributes =
            [
                .. CommonAttributes,
                new("path", AttributeKind.Path, "The files: a path below the hub root or a mounted address, which may hold wildcards.")
                {
                    Required = true,
                },
                SourceFiles.Incremental,
            ],
            Example = """<parquet id="events" path="landing/events/**/*.parquet"/>""",
        };

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Column>? Describe(Element source, ConnectorContext context)
    {
        var schema = SchemaFile.Read(source, context);
        if ((source.Has("schemaRef") && schema is null) || SourceFiles.Find(source, context) is not { } files)
            return null;
        if (files.Count == 0)
        {
            SourceFiles.ReportNone(source, context);
            return schema?.Columns.Select(c => c.Column).ToArray();
        }
        try
        {
            using var statement = context.Probe.Prepare($"SELECT * FROM {Scan(files)}");
            return SourceDrift.Check(source, schema, statement.Columns, context);
        }
        catch (EngineException e)
        {
            context.Findings.Add(
                Rule.MissingFile,
                source.LocationOf("path"),
                $"'{source["path"]}' cannot be read as Parquet: {EngineMessage.FirstLine(e)}"
            );
            return null;
        }
    }

    /// <inheritdoc/>
    protected internal override OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context)
    {
        var files = SourceFiles.Open(source, context);
        using var statement = files.Count > 0 ? context.Probe.Prepare($"SELECT * FROM {Scan(files)}") : null;
        return new OpenedFiles(files, statement?.Columns ?? [], columns, Scan, ["file_index", "file_row_number"]) { IsColumnar = true };
    }

    private static string Scan(IReadOnlyList<SourceFile> files) =>
        $"read_parquet([{string.Join(", ", files.Select(f => Sql.Literal(f.Location)))}], union_by_name = true, hive_partitioning = false)";
}
