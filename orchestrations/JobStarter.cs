using System.Globalization;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations;

/// <summary>
/// Starts runs: reads and pins the documents, checks the parameters, writes the run's document and starts its orchestration, in that order, so that whoever
/// dies in between is made up for by starting the same run again.
/// </summary>
public sealed class JobStarter(JobHub hub)
{
    private readonly JobPins pins = new(hub.Root);

    /// <summary>Starts a run.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="ct">Ends it; whether the run was started is open then.</param>
    /// <returns>Whether it was started now, or before.</returns>
    /// <exception cref="InvalidDocumentException">The document, or a parameter, is wrong; nothing was started.</exception>
    /// <exception cref="RunException">The document is not there, or the storage fails.</exception>
    public async Task<StartOutcome> Start(StartRequest request, CancellationToken ct)
    {
        using var span = RunTrace.Trigger(request.RunId, request.Trigger);
        var isNew = Write(request);
        await hub.Client.Start(JobOrchestrator.Name, request.RunId, new JobInput(request.RunId), ct);
        return new StartOutcome(isNew ? StartResult.Started : StartResult.AlreadyStarted);
    }

    /// <summary>Starts a run for what cannot be asked: one whose document or parameters are wrong is refused, which is logged.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="ct">Ends it; whether the run was started is open then.</param>
    /// <exception cref="RunException">The document is not there, or the storage fails.</exception>
    internal async Task<StartOutcome> StartOrRefuse(StartRequest request, CancellationToken ct)
    {
        try
        {
            return await Start(request, ct);
        }
        catch (InvalidDocumentException e)
        {
            var first = e.Findings.First(f => f.Severity == Severity.Error);
            Logs.Refused(hub.Logger, request.Document.ToString(), $"{first.Location}: {first.Message}");
            return new StartOutcome(StartResult.Refused, $"{first.Location}: {first.Message}", first.Hint);
        }
    }

    /// <summary>Checks that a run can be started; nothing is.</summary>
    /// <exception cref="InvalidDocumentException">The document, or a parameter, is wrong.</exception>
    /// <exception cref="RunException">The document is not there, or the storage fails.</exception>
    internal void Check(StartRequest request) => Make(request);

    /// <summary>Writes the document of a run, whose orchestration something else starts.</summary>
    /// <returns>False if there is one already; it is left as it is.</returns>
    /// <exception cref="InvalidDocumentException">The document, or a parameter, is wrong; nothing was written.</exception>
    /// <exception cref="RunException">The document is not there, or the storage fails.</exception>
    internal bool Write(StartRequest request) => hub.Documents.Find(request.RunId) is null && hub.Documents.Create(Make(request));

    /// <summary>Starts a run whose document was written, such as a rerun's.</summary>
    /// <exception cref="RunException">The storage fails.</exception>
    public async Task<StartOutcome> Start(JobRun run, CancellationToken ct)
    {
        using var span = RunTrace.Trigger(run.RunId, run.Trigger);
        var isNew = hub.Documents.Create(run);
        await hub.Client.Start(JobOrchestrator.Name, run.RunId, new JobInput(run.RunId), ct);
        return new StartOutcome(isNew ? StartResult.Started : StartResult.AlreadyStarted);
    }

    /// <summary>The run that a request asks for, its documents pinned.</summary>
    /// <exception cref="InvalidDocumentException">The document, or a parameter, is wrong.</exception>
    /// <exception cref="RunException">The document is not there, or the storage fails.</exception>
    private JobRun Make(StartRequest request)
    {
        var document = hub.Root.Document(request.Kind, request.Document);
        var file = DocumentFile.ReadOrThrow(hub.Root, document);
        var findings = new Diagnostics();
        var now = hub.Time.GetUtcNow();
        var job = request.Kind == DocumentKind.Job ? JobDocument.Read(file.Text, file.Name, findings) : null;
        var pipeline =
            request.Kind == DocumentKind.Pipeline
                ? PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, null, findings)
                : null;
        if (findings.HasErrors)
            throw new InvalidDocumentException(findings);
        var declared = job?.Parameters ?? pipeline!.Parameters;
        var values = JobParameters.Of(declared, document.Address, request.Parameters, request.RunId, now, findings);
        if (findings.HasErrors)
            throw new InvalidDocumentException(findings);
        var sla = (job?.Metadata ?? pipeline!.Metadata).Sla;
        return new JobRun
        {
            RunId = request.RunId,
            App = document.Address.App,
            Layer = document.Address.Layer,
            Job = document.Address.Id,
            Kind = job is null ? RunKind.Pipeline : RunKind.Job,
            Version = job?.Version ?? pipeline!.Version,
            Revision = file.Revision,
            Status = JobStatus.Queued,
            Parameters = JobParameters.Kept(request.Parameters, values),
            Trigger = request.Trigger,
            BusinessDate = request.BusinessDate ?? DateOnly.ParseExact(values.Text("runDate")!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            Lane = request.Lane,
            BackfillId = request.BackfillId,
            Queued = now,
            Due = (request.Trigger.Scheduled ?? now) + sla,
            Sla = sla is null ? null : SlaStatus.Open,
            Documents = pins.Of(document, file, job),
        };
    }
}
