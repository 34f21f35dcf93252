using System.CommandLine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Pipelines.Drafting;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schema</c></summary>
internal sealed class SchemaCommand : HubCommand
{
    private static readonly Argument<string> Subject = new("subject")
    {
        Description = "A file, a table of the lake (layer.table), or a pipeline.",
    };

    private static readonly Option<string?> Dataset = new("--of")
    {
        Description = "Of a pipeline: which dataset or target; what its last target writes unless given.",
        HelpName = "name",
    };

    public SchemaCommand()
        : base("schema", "Print the schema of a file, a table or a pipeline as Avro.")
    {
        // Without one the parser asks for a subcommand.
        SetAction(_ => { });
        Arguments.Add(Subject);
        Options.Add(Dataset);
        Options.Add(CommonOptions.Root);
        Subcommands.Add(new SchemaXsdCommand());
        Subcommands.Add(new SchemaReferenceCommand());
        ExitCodes = [ExitCode.Invalid, ExitCode.NotFound, ExitCode.Failed];
        Details = """
            A file's types are found by looking at it; a table has its own; those of a pipeline are what its steps make of its sources. What is printed
            is JSON, ready to be kept as an .avsc file that a schemaRef names.
            """;
        Examples =
        [
            ("hub schema landing/customers.csv > customers.avsc", "Of a file."),
            ("hub schema staging.customer_snapshot", "Of a table."),
            ("hub schema customer_staging_load --of customer_csv", "Of a dataset of a pipeline."),
            ("hub schema xsd > config/pipeline.xsd", "The XML schema by which editors complete documents."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var subject = invocation.Value(Subject)!;
        var schema =
            IsFile(root, subject) ? OfFile(root, subject, invocation.Cancellation)
            : TableName.Parse(subject, "any") is not null ? OfTable(root, subject)
            : OfPipeline(root, Named.Pipeline(root, subject), invocation.Value(Dataset));
        try
        {
            invocation.Terminal.Output.Write(AvroSchemaWriter.Write(schema));
        }
        catch (ArgumentException e)
        {
            throw new CommandException(ExitCode.Failed, e.Message);
        }
        return ExitCode.Done;
    }

    private static bool IsFile(HubRoot root, string subject) =>
        (
            File.Exists(subject)
            || File.Exists(root.Locate(subject))
            || subject.Contains("://", StringComparison.Ordinal)
            || subject.Contains('*', StringComparison.Ordinal)
        ) && !subject.EndsWith(".xml", StringComparison.OrdinalIgnoreCase);

    private static TableSchema OfFile(HubRoot root, string file, CancellationToken cancellation)
    {
        var draft = new PipelineDrafter(root, new DocumentAddress("schema", "staging", "row")).FromFile(
            NewPipelineCommand.SourcePath(root, file),
            cancellation
        );
        return Schema(Path.GetFileNameWithoutExtension(file), draft.Columns.Select(c => (c.Profile.Name, c.Type, true, (string?)null)));
    }

    private static TableSchema OfTable(HubRoot root, string name)
    {
        var table = Named.Table(root, name);
        return Schema(table.Table, LakeTable.Read(root, table).Columns.Select(c => (c.Name, c.Type, c.Nullable, c.Comment)));
    }

    private static TableSchema OfPipeline(HubRoot root, HubDocument document, string? of)
    {
        using var validator = new PipelineValidator(root, TimeProvider.System);
        var findings = new Diagnostics();
        var validation = DocumentFile.Read(root, document, findings) is { } file ? validator.Validate(file) : null;
        findings.AddRange(validation?.Findings ?? []);
        if (findings.HasErrors || validation?.Bound is not { } bound)
            throw new DocumentRefusedException(root, document, findings);
        var dataset = Find(bound, of);
        if (!dataset.IsKnown)
            throw new CommandException(
                ExitCode.Failed,
                $"what '{dataset.Name}' holds is not known yet",
                "run the pipeline that makes its source first"
            );
        return Schema(dataset.Name, dataset.Columns.Select(c => (c.Name, c.Type, true, (string?)null)));
    }

    private static Dataset Find(BoundPipeline bound, string? name)
    {
        if (name is null)
            return bound.Targets[^1].Dataset;
        return bound.Targets.FirstOrDefault(t => t.Name == name)?.Dataset
            ?? bound.Datasets.LastOrDefault(d => d.Name == name || d.Label == name)
            ?? throw CommandException.NotFound(
                $"'{bound.Document.Id}' has neither a dataset nor a target '{name}'",
                $"there are: {string.Join(", ", bound.Datasets.Select(d => d.Name).Concat(bound.Targets.Select(t => t.Name)).Distinct())}"
            );
    }

    private static TableSchema Schema(
        string name,
        IEnumerable<(string Name, Engine.LogicalType Type, bool Nullable, string? Doc)> columns
    ) => new(name, null, [.. columns.Select(c => new SchemaColumn(c.Name, c.Type, default) { IsNullable = c.Nullable, Doc = c.Doc })]);
}
