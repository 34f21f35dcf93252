using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Schedules;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Documents;

/// <summary><c>/api/jobs</c>: the jobs, and starting them.</summary>
internal static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        new DocumentEndpoints(DocumentKind.Job)
            .Map(api)
            .MapGet("/", Show)
            .WithName("getJob")
            .WithSummary("A job: its document, graph and schedule.")
            .WithDescription("The document as it is now, its nodes and who waits for whom, its next ten times, and what validation finds.");

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
        var file = DocumentFile.ReadOrThrow(root, document);
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
}
