using ServerlessHub.Api.Problems;
using ServerlessHub.Api.Schedules;
using ServerlessHub.Api.Tables;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Api.Documents;

/// <summary>The documents of a kind.</summary>
/// <param name="Documents">The documents, by application, layer and id.</param>
public sealed record DocumentListOutput(IReadOnlyList<DocumentOutput> Documents);

/// <summary>A job, pipeline or stream.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Id">The id.</param>
/// <param name="File">Its file, relative to the hub root.</param>
/// <param name="Revision">The SHA-256 of its bytes in hexadecimal: what a run says it ran. Absent where it is no text.</param>
/// <param name="Version">Its version.</param>
/// <param name="Owner">The team or application that answers for it.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="Cron">When it runs, as a cron expression; absent when it has no schedule.</param>
/// <param name="TimeZone">The zone of the schedule.</param>
/// <param name="SlaSeconds">How long after its scheduled time a run may end.</param>
/// <param name="IsSound">Whether its form is right; what its names mean is looked at by validation.</param>
public sealed record DocumentOutput(
    string App,
    string Layer,
    string Id,
    string File,
    string? Revision,
    string? Version,
    string? Owner,
    string? Description,
    IReadOnlyList<string> Tags,
    string? Cron,
    string? TimeZone,
    double? SlaSeconds,
    bool IsSound
)
{
    /// <summary>A document as it is now.</summary>
    internal static DocumentOutput Of(HubRoot root, HubDocument document)
    {
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is not { } file)
            return Of(document, null, null, null, isSound: false);
        if (document.Kind == DocumentKind.Job)
        {
            var job = JobDocument.Read(file.Text, file.Name, findings);
            return Of(document, file, job?.Version, job?.Metadata, !findings.HasErrors);
        }
        if (document.Kind == DocumentKind.Stream)
        {
            var stream = StreamDocument.Read(file.Text, file.Name, document.Address.Layer, findings);
            return Of(document, file, stream?.Version, stream?.Metadata, !findings.HasErrors);
        }
        var pipeline = PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, document.Address.Layer, findings);
        return Of(document, file, pipeline?.Version, pipeline?.Metadata, !findings.HasErrors);
    }

    /// <summary>A document that was read.</summary>
    internal static DocumentOutput Of(
        HubDocument document,
        DocumentFile? file,
        string? version,
        DocumentMetadata? metadata,
        bool isSound
    ) =>
        new(
            document.Address.App,
            document.Address.Layer,
            document.Address.Id,
            document.File,
            file?.Revision,
            version,
            metadata?.Owner,
            metadata?.Description,
            metadata?.Tags ?? [],
            metadata?.Schedule?.Text,
            metadata?.Schedule is null ? null : metadata.TimeZone,
            metadata?.Sla?.TotalSeconds,
            isSound
        );
}

/// <summary>A parameter that a document declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as a document writes it.</param>
/// <param name="Default">The value it has where none is given.</param>
/// <param name="IsRequired">Whether a run must be given one.</param>
public sealed record ParameterOutput(string Name, string Type, string? Default, bool IsRequired)
{
    internal static ParameterOutput Of(ParameterSpec parameter) =>
        new(parameter.Name, TypeText.Full(parameter.Type), parameter.Default, parameter.IsRequired);
}

/// <summary>A job with its graph.</summary>
/// <param name="Job">The job.</param>
/// <param name="Xml">The document.</param>
/// <param name="Parameters">The parameters it declares.</param>
/// <param name="MaxParallel">How many nodes run at a time at most; absent for any number.</param>
/// <param name="Concurrency">How many runs of it go on at a time at most; absent for any number.</param>
/// <param name="WhenBusy">What becomes of one run more.</param>
/// <param name="Nodes">Its nodes, in the order of the document.</param>
/// <param name="Schedule">When it runs; absent when it has no schedule.</param>
/// <param name="Findings">What is found about it.</param>
public sealed record JobDetailsOutput(
    DocumentOutput Job,
    string Xml,
    IReadOnlyList<ParameterOutput> Parameters,
    int? MaxParallel,
    int? Concurrency,
    WhenBusy WhenBusy,
    IReadOnlyList<JobNodeOutput> Nodes,
    ScheduleOutput? Schedule,
    IReadOnlyList<FindingOutput> Findings
);

/// <summary>A pipeline with the graph of its datasets.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Xml">The document.</param>
/// <param name="Parameters">The parameters it declares.</param>
/// <param name="Datasets">Its datasets, each after those it reads; empty while it has errors.</param>
/// <param name="Targets">What it writes; empty while it has errors.</param>
/// <param name="Schedule">When it runs; absent when it has no schedule.</param>
/// <param name="Findings">What is found about it.</param>
public sealed record PipelineDetailsOutput(
    DocumentOutput Pipeline,
    string Xml,
    IReadOnlyList<ParameterOutput> Parameters,
    IReadOnlyList<DatasetOutput> Datasets,
    IReadOnlyList<TargetOutput> Targets,
    ScheduleOutput? Schedule,
    IReadOnlyList<FindingOutput> Findings
);

/// <summary>What came of validating a document.</summary>
/// <param name="IsValid">Whether it has no error.</param>
/// <param name="Findings">What was found, in the order of the document.</param>
public sealed record ValidationOutput(bool IsValid, IReadOnlyList<FindingOutput> Findings)
{
    internal static ValidationOutput Of(Diagnostics findings) => new(!findings.HasErrors, [.. findings.Select(FindingOutput.Of)]);
}
