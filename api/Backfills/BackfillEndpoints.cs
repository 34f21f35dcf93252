using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Backfills;

namespace ServerlessHub.Api.Backfills;

/// <summary><c>/api/backfills</c>: jobs and pipelines run for ranges of dates.</summary>
internal static class BackfillEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var backfills = api.MapGroup("/backfills").WithTags("backfills");
        backfills
            .MapGet("/", List)
            .WithName("listBackfills")
            .WithSummary("The backfills, the newest first.")
            .WithDescription("Each with its dates, and where their runs stand.");
        backfills
            .MapPost("/", Start)
            .WithName("startBackfill")
            .WithSummary("Starts a backfill, or only says which dates it would run.")
            .WithDescription(
                "A run for each date of a range that is missing or failed, or for all, in a lane of its own that never keeps a fresh run waiting."
            )
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        var backfill = backfills.MapGroup("/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        backfill
            .MapGet("/", Show)
            .WithName("getBackfill")
            .WithSummary("A backfill with its dates.")
            .WithDescription("Each date with its run, where that stands, and what failed.");
        var actions = backfill.MapGroup("").ProducesProblem(StatusCodes.Status409Conflict);
        actions
            .MapPost("/pause", Pause)
            .WithName("pauseBackfill")
            .WithSummary("Pauses a backfill.")
            .WithDescription("It starts no more dates until it is resumed; runs that go on may end.");
        actions
            .MapPost("/resume", Resume)
            .WithName("resumeBackfill")
            .WithSummary("Resumes a backfill.")
            .WithDescription("It goes on with the next date.");
        actions
            .MapPost("/cancel", Cancel)
            .WithName("cancelBackfill")
            .WithSummary("Cancels a backfill.")
            .WithDescription("It starts no more dates, and runs that go on are stopped. It ends a little later.");
    }

    private static Ok<BackfillListOutput> List(JobHub hub) =>
        TypedResults.Ok(new BackfillListOutput(BackfillControl.List(hub.Root.Storage)));

    private static async Task<Results<Accepted<Backfill>, Ok<BackfillPlanOutput>>> Start(
        JobHub hub,
        HttpContext context,
        BackfillRequest request,
        [Description("Whether nothing is started.")] bool plan = false,
        CancellationToken ct = default
    )
    {
        var wish = request.ToWish(hub.Root);
        var control = new BackfillControl(hub);
        if (plan)
            return TypedResults.Ok(new BackfillPlanOutput(wish.Document.ToString(), control.Plan(wish, ct)));
        var backfill = await control.Start(wish, context.Caller().Name, ct);
        return TypedResults.Accepted($"/api/backfills/{backfill.Id}", backfill);
    }

    private static Ok<Backfill> Show(JobHub hub, [Description("The backfill.")] string id) => TypedResults.Ok(Find(hub, id));

    private static Task<Accepted> Pause(JobHub hub, [Description("The backfill.")] string id, CancellationToken ct) =>
        Change(hub, id, (c, i) => c.Pause(i, ct));

    private static Task<Accepted> Resume(JobHub hub, [Description("The backfill.")] string id, CancellationToken ct) =>
        Change(hub, id, (c, i) => c.Resume(i, ct));

    private static Task<Accepted> Cancel(JobHub hub, [Description("The backfill.")] string id, CancellationToken ct) =>
        Change(hub, id, (c, i) => c.Cancel(i, ct));

    private static Task<Accepted> Change(JobHub hub, string id, Func<BackfillControl, string, Task> change)
    {
        Find(hub, id);
        return Refusal.AsConflict(async () =>
        {
            await change(new BackfillControl(hub), id);
            return TypedResults.Accepted($"/api/backfills/{id}");
        });
    }

    private static Backfill Find(JobHub hub, string id) =>
        BackfillControl.Find(hub.Root.Storage, id)
        ?? throw ApiException.NotFound($"there is no backfill '{id}'", "GET /api/backfills lists those that are there");
}

/// <summary>The backfills of a hub.</summary>
/// <param name="Backfills">The backfills, the newest first.</param>
public sealed record BackfillListOutput(IReadOnlyList<Backfill> Backfills);

/// <summary>What a backfill would run.</summary>
/// <param name="Document">The job or pipeline.</param>
/// <param name="Dates">The dates, in the order in which they would run.</param>
public sealed record BackfillPlanOutput(string Document, IReadOnlyList<DateOnly> Dates);
