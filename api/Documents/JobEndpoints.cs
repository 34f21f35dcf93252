using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Schedules;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Documents;

/// <summary><c>/api/jobs</c>: the jobs, and starting them.</summary>
internal static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("jobs");
        jobs.MapGet("/", List).WithSummary("The jobs.").WithDescription("All jobs of the hub, or those of one application.");
        var job = jobs.MapGroup("/{app}/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        job.MapGet("/", Show)
            .WithSummary("A job: its document, graph and schedule.")
            .WithDescription("The document as it is now, its nodes and who waits for whom, its next ten times, and what validation finds.");
        job.MapPost("/validate", Validate)
            .WithSummary("Validates a job.")
            .WithDescription("Checks the document and all that its nodes name, with the parameters that are given. Runs nothing.");
        job.MapPost("/runs", Start)
            .WithSummary("Starts a run of a job.")
            .WithDescription(
                "The run is accepted and goes on without the caller; Location says where it is seen. "
                    + "With an Idempotency-Key, asking again within a day gives the same run; with other parameters it is a conflict."
            )
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static Ok<DocumentListOutput> List(HubRoot root, [Description("Those of this application only.")] string? app = null) =>
        TypedResults.Ok(
            new DocumentListOutput([
                .. root.Documents(DocumentKind.Job).Where(d => app is null || d.Address.App == app).Select(d => DocumentOutput.Of(root, d)),
            ])
        );

    private static Ok<JobDetailsOutput> Show(
        HubRoot root,
        ScheduleViews schedules,
        TimeProvider time,
        [Description("The application.")] string app,
        [Description("The job.")] string id,
        [Description("The layer, where several have a job of this id.")] string? layer = null
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Job, app, id, layer);
        var file = Read(root, document);
        using var validator = new JobValidator(root, time);
        var validation = validator.Validate(file);
        var job = validation.Document;
        return TypedResults.Ok(
            new JobDetailsOutput(
                DocumentOutput.Of(document, file, job?.Version, job?.Metadata, job?.IsSound == true),
                file.Text,
                [.. (job?.Parameters ?? []).Select(ParameterOutput.Of)],
                job?.MaxParallel,
                job?.Concurrency,
                job?.WhenBusy ?? WhenBusy.Queue,
                [.. (job?.Nodes ?? []).Select(n => JobNodeOutput.Of(n, validation.References.GetValueOrDefault(n.Id)))],
                schedules.Of(document),
                ValidationOutput.Of(validation.Findings).Findings
            )
        );
    }

    private static Ok<ValidationOutput> Validate(
        HubRoot root,
        TimeProvider time,
        [Description("The application.")] string app,
        [Description("The job.")] string id,
        [Description("The layer, where several have a job of this id.")] string? layer = null,
        ValidationInput? input = null
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Job, app, id, layer);
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is { } file)
        {
            using var validator = new JobValidator(root, time);
            findings.AddRange(validator.Validate(file, ParameterTexts.Of(input?.Parameters), null).Findings);
        }
        return TypedResults.Ok(ValidationOutput.Of(findings));
    }

    private static async Task<Accepted<JobRun>> Start(
        HubRoot root,
        RunStart start,
        HttpContext context,
        [Description("The application.")] string app,
        [Description("The job.")] string id,
        [Description("The layer, where several have a job of this id.")] string? layer = null,
        [FromHeader(Name = "Idempotency-Key"), Description("A text of the caller's by which it knows the request again.")]
            string? key = null,
        RunStartInput? input = null,
        CancellationToken cancellation = default
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Job, app, id, layer);
        var run = await start.Start(document, input ?? new(), key, context.Caller().Name, cancellation);
        return TypedResults.Accepted($"/api/runs/{run.RunId}", run);
    }

    /// <summary>A document's text.</summary>
    /// <exception cref="InvalidDocumentException">It is none.</exception>
    internal static DocumentFile Read(HubRoot root, HubDocument document)
    {
        var findings = new Diagnostics();
        return DocumentFile.Read(root, document, findings) ?? throw new InvalidDocumentException(findings);
    }
}
