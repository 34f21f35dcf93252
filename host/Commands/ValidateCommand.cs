using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub validate</c></summary>
internal sealed class ValidateCommand : HubCommand
{
    private const int DocumentsWorthAThread = 16;

    private static readonly Argument<string[]> Documents = new("documents")
    {
        Description = "Pipelines, jobs and streams, each by its id, by app/layer/id, or by its file; 'all' (or none) for every one.",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "document",
    };

    public ValidateCommand()
        : base("validate", "Check documents without running them, and say at once all that is wrong.")
    {
        Arguments.Add(Documents);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(ValidationOutput);
        Details = """
            Each problem has its file, line and column, a rule id (docs/reference lists them), what is wrong and, where it can be guessed, what was
            meant. Names, types and expressions are checked against the schemas, and against files, tables and databases as far as they can be
            reached. Of a job also the graph, the pipelines it names, and what they are given; of a stream who else writes its tables. Where nobody looks, each problem is one line as compilers write it, which editors and CI understand.
            """;
        Examples =
        [
            ("hub validate", "Every document of the hub root."),
            ("hub validate customer_staging_load", "One document."),
            ("hub validate all --json", "For a program: a list of documents, each with its findings."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var documents = Find(root, invocation.Value(Documents)!);
        var validated = new List<(HubDocument Document, Diagnostics Findings)>();
        foreach (var (document, findings) in Validate(root, documents, invocation.Cancellation))
        {
            validated.Add((document, findings));
            if (!invocation.Json)
                DiagnosticText.Write(invocation.Terminal, findings, name => FindingText.Of(root, name));
        }
        var output = ValidationOutput.Of(validated);
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.ValidationOutput);
        else
            invocation.Terminal.Error.WriteLine(output.Summary);
        return output.Errors > 0 ? ExitCode.Invalid : ExitCode.Done;
    }

    /// <summary>Validates documents, many of them on all cores; gives them in their order, each as soon as it is known.</summary>
    private static IEnumerable<(HubDocument, Diagnostics)> Validate(
        HubRoot root,
        IReadOnlyList<HubDocument> documents,
        CancellationToken cancellation
    )
    {
        // One thread at a time may use a validator.
        using var validators = new ThreadLocal<DocumentValidator>(() => new DocumentValidator(root), trackAllValues: true);
        try
        {
            var threads = Math.Min(documents.Count / DocumentsWorthAThread, Environment.ProcessorCount);
            var validated =
                threads > 1
                    ? documents
                        .AsParallel()
                        .AsOrdered()
                        .WithDegreeOfParallelism(threads)
                        .WithMergeOptions(ParallelMergeOptions.NotBuffered)
                        .WithCancellation(cancellation)
                        .Select(document => (document, validators.Value!.Validate(document)))
                    : documents.Select(document => (document, validators.Value!.Validate(document)));
            foreach (var document in validated)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return document;
            }
        }
        finally
        {
            foreach (var validator in validators.Values)
                validator.Dispose();
        }
    }

    private static IReadOnlyList<HubDocument> Find(HubRoot root, string[] names)
    {
        if (names.Length == 0 || names.Contains("all"))
            return [.. Enum.GetValues<DocumentKind>().SelectMany(root.Documents)];
        return [.. names.Select(n => Named.AnyDocument(root, n)).Distinct()];
    }
}
