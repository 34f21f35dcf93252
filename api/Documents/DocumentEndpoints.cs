using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Access;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Documents;

/// <summary>What is done alike with jobs and with pipelines: list, validate and start them.</summary>
/// <param name="kind">What the documents are.</param>
internal sealed class DocumentEndpoints(DocumentKind kind)
{
    private readonly string what = kind.ToString().ToLowerInvariant();

    /// <summary>Maps them.</summary>
    /// <returns>The paths below one document, for what only this kind has.</returns>
    public RouteGroupBuilder Map(IEndpointRouteBuilder api)
    {
        var documents = api.MapGroup($"/{what}s").WithTags($"{what}s");
        documents
            .MapGet("/", List)
            .WithName($"list{kind}s")
            .WithSummary($"The {what}s.")
            .WithDescription($"All {what}s of the hub, or those of one application.");
        var document = documents.MapGroup("/{app}/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        document
            .MapPost("/validate", Validate)
            .WithName($"validate{kind}")
            .WithSummary($"Validates a {what}.")
            .WithDescription("Checks the document and all that it names, with the parameters that are given. Runs nothing.");
        document
            .MapPost("/runs", Start)
            .WithName($"start{kind}")
            .WithSummary($"Starts a run of a {what}.")
            .WithDescription(
                "The run is accepted and goes on without the caller; Location says where it is seen. A pipeline alone runs as a job of one node. "
                    + "With an Idempotency-Key, asking again within a day gives the same run; with other parameters it is a conflict."
            )
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        return document;
    }

    private Ok<DocumentListOutput> List(HubRoot root, [Description("Those of this application only.")] string? app = null) =>
        TypedResults.Ok(
            new DocumentListOutput([
                .. root.Documents(kind).Where(d => app is null || d.Address.App == app).Select(d => DocumentOutput.Of(root, d)),
            ])
        );

    private Ok<ValidationOutput> Validate(
        HubRoot root,
        TimeProvider time,
        [Description("The application.")] string app,
        [Description("The document.")] string id,
        [Description("The layer, where several have a document of this id.")] string? layer = null,
        ValidationInput? input = null
    )
    {
        var document = NamedDocument.Find(root, kind, app, id, layer);
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is { } file)
            findings.AddRange(Findings(root, time, file, ParameterTexts.Of(input?.Parameters)));
        return TypedResults.Ok(ValidationOutput.Of(findings));
    }

    private Diagnostics Findings(HubRoot root, TimeProvider time, DocumentFile file, IReadOnlyDictionary<string, string> parameters)
    {
        if (kind == DocumentKind.Job)
        {
            using var jobs = new JobValidator(root, time);
            return jobs.Validate(file, parameters, null).Findings;
        }
        using var pipelines = new PipelineValidator(root, time);
        return pipelines.Validate(file, parameters, null).Findings;
    }

    private async Task<Accepted<JobRun>> Start(
        HubRoot root,
        RunStart start,
        HttpContext context,
        [Description("The application.")] string app,
        [Description("The document.")] string id,
        [Description("The layer, where several have a document of this id.")] string? layer = null,
        [FromHeader(Name = RequestKeys.Header), Description(RequestKeys.Description)] string? key = null,
        RunStartInput? input = null,
        CancellationToken cancellation = default
    )
    {
        var document = NamedDocument.Find(root, kind, app, id, layer);
        var run = await start.Start(document, input ?? new(), key, context.Caller().Name, cancellation);
        return TypedResults.Accepted($"/api/runs/{run.RunId}", run);
    }
}
