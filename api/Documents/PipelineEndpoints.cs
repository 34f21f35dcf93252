using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Schedules;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Documents;

/// <summary><c>/api/pipelines</c>: the pipelines, and starting one alone.</summary>
internal static class PipelineEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        new DocumentEndpoints(DocumentKind.Pipeline)
            .Map(api)
            .MapGet("/", Show)
            .WithName("getPipeline")
            .WithSummary("A pipeline: its document, the graph of its datasets, and its schedule.")
            .WithDescription("The document as it is now, its datasets with their columns, its next ten times, and what validation finds.");

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
        var file = DocumentFile.ReadOrThrow(root, document);
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
}
