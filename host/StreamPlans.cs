using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Problems;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host;

/// <summary>Turns a valid stream into what <c>hub plan</c> shows.</summary>
internal static class StreamPlans
{
    /// <summary>Plans a stream.</summary>
    /// <exception cref="DocumentRefusedException">The document is not valid.</exception>
    public static (StreamPlanOutput Output, Diagnostics Findings) Of(HubRoot root, HubDocument document)
    {
        using var validator = new StreamValidator(root);
        var findings = new Diagnostics();
        var validation = DocumentFile.Read(root, document, findings) is { } file ? validator.Validate(file) : null;
        findings.AddRange(validation?.Findings ?? []);
        if (findings.HasErrors || validation?.Plan is not { } plan)
            throw new DocumentRefusedException(root, document, findings);
        var output = new StreamPlanOutput(
            document.Address.App,
            document.Address.Layer,
            document.Address.Id,
            plan.Document.Version,
            document.File,
            StreamEndOutput.Of(plan.Document.Ingest!.Source),
            [.. plan.Tables.Select(StreamTableOutput.Of)],
            PublicationOutput.Of(plan),
            [.. findings.Select(FindingOutput.Of)]
        );
        return (output, findings);
    }
}
