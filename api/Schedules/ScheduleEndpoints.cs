using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Schedules;

/// <summary><c>/api/schedules</c> and <c>/api/slots</c>: what starts by itself, and what waits for a place.</summary>
internal static class ScheduleEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var schedules = api.MapGroup("/schedules").WithTags("schedules");
        schedules
            .MapGet("/", List)
            .WithName("listSchedules")
            .WithSummary("The schedules, each with its next ten times.")
            .WithDescription("One that is paused says by whom, why and since when.");
        var schedule = schedules.MapGroup("/{kind}/{app}/{layer}/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        schedule
            .MapPost("/pause", Pause)
            .WithName("pauseSchedule")
            .WithSummary("Pauses a schedule.")
            .WithDescription(
                "It starts nothing until it is resumed; what passes meanwhile is missed, and treated then as the document says."
            );
        schedule
            .MapPost("/resume", Resume)
            .WithName("resumeSchedule")
            .WithSummary("Resumes a schedule.")
            .WithDescription("It fires again from now on.");
        api.MapGet("/slots", Slots)
            .WithName("listSlots")
            .WithTags("schedules")
            .WithSummary("Who has a place, and who waits for one.")
            .WithDescription("Of each document that limits how many of its runs go on at a time.");
    }

    private static Ok<ScheduleListOutput> List(
        ScheduleViews schedules,
        [Description("Those of this application only.")] string? app = null
    ) => TypedResults.Ok(new ScheduleListOutput([.. schedules.All().Where(s => app is null || s.App == app)]));

    private static async Task<Ok<ScheduleOutput>> Pause(
        HubRoot root,
        Orchestrations.Starting.Schedules schedules,
        ScheduleViews views,
        HttpContext context,
        [Description("What the document is.")] EnumName<DocumentKind> kind,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The document.")] string id,
        PauseInput? input = null,
        CancellationToken cancellation = default
    )
    {
        var (document, schedule) = Find(root, views, kind.Value, app, layer, id);
        await schedules.Pause(schedule, context.Caller().Name, input?.Reason, cancellation);
        return TypedResults.Ok(views.Of(document)!);
    }

    private static async Task<Ok<ScheduleOutput>> Resume(
        HubRoot root,
        Orchestrations.Starting.Schedules schedules,
        ScheduleViews views,
        [Description("What the document is.")] EnumName<DocumentKind> kind,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The document.")] string id,
        CancellationToken cancellation = default
    )
    {
        var (document, schedule) = Find(root, views, kind.Value, app, layer, id);
        await schedules.Resume(schedule, cancellation);
        return TypedResults.Ok(views.Of(document)!);
    }

    private static Ok<SlotListOutput> Slots(JobHub hub) => TypedResults.Ok(new SlotListOutput(hub.Admission.Ledgers()));

    private static (HubDocument Document, Schedule Schedule) Find(
        HubRoot root,
        ScheduleViews views,
        DocumentKind kind,
        string app,
        string layer,
        string id
    )
    {
        var document = NamedDocument.Find(root, kind, app, id, layer);
        return views.Find(document) is { } schedule
            ? (document, schedule)
            : throw ApiException.NotFound(
                $"{kind.ToString().ToLowerInvariant()} {document.Address} has no schedule, or is not valid",
                "GET /api/schedules lists those that are there"
            );
    }
}

/// <summary>The documents that limit how many of their runs go on at a time.</summary>
/// <param name="Documents">Each with who has a place and who waits.</param>
public sealed record SlotListOutput(IReadOnlyList<SlotLedger> Documents);
