using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Schedules;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Documents;

/// <summary><c>/api/pipelines</c>: the pipelines, and starting one alone.</summary>
internal static class PipelineEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var pipelines = api.MapGroup("/pipelines").WithTags("pipelines");
        pipelines.MapGet("/", List).WithSummary("The pipelines.").WithDescription("All pipelines of the hub, or those of one application.");
        var pipeline = pipelines.MapGroup("/{app}/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        pipeline
            .MapGet("/", Show)
            .WithSummary("A pipeline: its document, the graph of its datasets, and its schedule.")
            .WithDescription("The document as it is now, its datasets with their columns, its next ten times, and what validation finds.");
        pipeline
            .MapPost("/validate", Validate)
            .WithSummary("Validates a pipeline.")
            .WithDescription(
                "Checks the document and the files, tables and schemas that it names, with the parameters that are given. Runs nothing."
            );
        pipeline
            .MapPost("/runs", Start)
            .WithSummary("Starts a run of a pipeline alone.")
            .WithDescription(
                "It runs as a job of one node. The run is accepted and goes on without the caller; Location says where it is seen. "
                    + "With an Idempotency-Key, asking again within a day gives the same run; with other parameters it is a conflict."
            )
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static Ok<DocumentListOutput> List(HubRoot root, [Description("Those of this application only.")] string? app = null) =>
        TypedResults.Ok(
            new DocumentListOutput([
                .. root.Documents(DocumentKind.Pipeline)
                    .Where(d => app is null || d.Address.App == app)
                    .Select(d => DocumentOutput.Of(root, d)),
            ])
        );

    private static Ok<PipelineDetailsOutput> Show(
        HubRoot root,
        ScheduleViews schedules,
        TimeProvider time,
        [Description("The application.")] string app,
        [Description("The pipeline.")] string id,
        [Description("The layer, where several have a pipeline of this id.")] string? layer = null
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Pipeline, app, id, layer);
        var file = JobEndpoints.Read(root, document);
        using var validator = new PipelineValidator(root, time);
        var validation = validator.Validate(file);
        var pipeline = validation.Document;
        var bound = validation.Findings.HasErrors ? null : validation.Bound;
        return TypedResults.Ok(
            new PipelineDetailsOutput(
                DocumentOutput.Of(document, file, pipeline?.Version, pipeline?.Metadata, pipeline?.IsSound == true),
                file.Text,
                [.. (pipeline?.Parameters ?? []).Select(ParameterOutput.Of)],
                bound is null ? [] : DatasetOutput.Of(bound),
                bound is null ? [] : TargetOutput.Of(bound),
                schedules.Of(document),
                ValidationOutput.Of(validation.Findings).Findings
            )
        );
    }

    private static Ok<ValidationOutput> Validate(
        HubRoot root,
        TimeProvider time,
        [Description("The application.")] string app,
        [Description("The pipeline.")] string id,
        [Description("The layer, where several have a pipeline of this id.")] string? layer = null,
        ValidationInput? input = null
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Pipeline, app, id, layer);
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is { } file)
        {
            using var validator = new PipelineValidator(root, time);
            findings.AddRange(validator.Validate(file, ParameterTexts.Of(input?.Parameters), null).Findings);
        }
        return TypedResults.Ok(ValidationOutput.Of(findings));
    }

    private static async Task<Accepted<JobRun>> Start(
        HubRoot root,
        RunStart start,
        HttpContext context,
        [Description("The application.")] string app,
        [Description("The pipeline.")] string id,
        [Description("The layer, where several have a pipeline of this id.")] string? layer = null,
        [FromHeader(Name = "Idempotency-Key"), Description("A text of the caller's by which it knows the request again.")]
            string? key = null,
        RunStartInput? input = null,
        CancellationToken cancellation = default
    )
    {
        var document = NamedDocument.Find(root, DocumentKind.Pipeline, app, id, layer);
        var run = await start.Start(document, input ?? new(), key, context.Caller().Name, cancellation);
        return TypedResults.Accepted($"/api/runs/{run.RunId}", run);
    }
}
