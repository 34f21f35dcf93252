using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Backfills;

/// <summary><c>/api/backfills</c>: jobs and pipelines run for ranges of dates.</summary>
internal static class BackfillEndpoints
{
    private const string BackfillId = "The backfill's id.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var backfills = api.MapGroup("/backfills").WithTags("backfills");
        backfills
            .MapGet("/", List)
            .WithSummary("The backfills, the newest first.")
            .WithDescription("Each with its dates and where their runs stand.");
        backfills
            .MapPost("/", Start)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Starts a backfill.")
            .WithDescription("A job or pipeline is run for each date of a range, in a lane of its own that keeps no fresh run waiting.");
        var backfill = backfills
            .MapGroup("/{id}")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        backfill.MapGet("/", Show).WithSummary("A backfill.").WithDescription("With its dates and where their runs stand.");
        backfill
            .MapPost("/pause", Pause)
            .WithSummary("Pauses a backfill.")
            .WithDescription("It starts no more dates until it is resumed; runs that go on may end.");
        backfill.MapPost("/resume", Resume).WithSummary("Resumes a backfill.").WithDescription("It goes on with the next date.");
        backfill.MapPost("/cancel", Cancel).WithSummary("Cancels a backfill.").WithDescription("It ends, and runs that go on are stopped.");
    }

    private static Ok<BackfillListOutput> List(JobHub hub) =>
        TypedResults.Ok(new BackfillListOutput(BackfillControl.List(hub.Root.Storage)));

    private static async Task<Results<Accepted<Backfill>, Ok<BackfillPlanOutput>>> Start(
        JobHub hub,
        HttpContext context,
        BackfillRequest request,
        [Description("Only says which dates would be run.")] bool plan = false,
        CancellationToken ct = default
    )
    {
        var kind = request.Pipeline is null ? DocumentKind.Job : DocumentKind.Pipeline;
        if ((request.Job ?? request.Pipeline) is not { Length: > 0 } name || (request.Job is not null && request.Pipeline is not null))
            throw ApiException.BadRequest("say what to run", "name a job, or a pipeline: its id, or app/layer/id");
        var document = hub.Root.Find(kind, name) is [var one]
            ? one
            : throw ApiException.NotFound(
                $"'{name}' is not the name of one {kind.ToString().ToLowerInvariant()}",
                "name it as app/layer/id"
            );
        var wish = new BackfillWish(kind, document.Address, request.From, request.To)
        {
            Scope = request.Scope,
            NewestFirst = request.NewestFirst,
            MaxParallel = request.MaxParallel,
            Parameters = request.Parameters ?? new Dictionary<string, string>(),
        };
        var control = new BackfillControl(hub);
        if (plan)
            return TypedResults.Ok(new BackfillPlanOutput(document.Address.ToString(), control.Plan(wish, ct)));
        var backfill = await control.Start(wish, context.Caller().Name, ct);
        return TypedResults.Accepted($"/api/backfills/{backfill.Id}", backfill);
    }

    private static Ok<Backfill> Show(JobHub hub, [Description(BackfillId)] string id) => TypedResults.Ok(Find(hub, id));

    private static Task<Accepted> Pause(JobHub hub, [Description(BackfillId)] string id, CancellationToken ct) =>
        Change(hub, id, (c, i) => c.Pause(i, ct));

    private static Task<Accepted> Resume(JobHub hub, [Description(BackfillId)] string id, CancellationToken ct) =>
        Change(hub, id, (c, i) => c.Resume(i, ct));

    private static Task<Accepted> Cancel(JobHub hub, [Description(BackfillId)] string id, CancellationToken ct) =>
        Change(hub, id, (c, i) => c.Cancel(i, ct));

    private static async Task<Accepted> Change(JobHub hub, string id, Func<BackfillControl, string, Task> change)
    {
        if (Find(hub, id).HasEnded)
            throw ApiException.Conflict($"backfill {id} has ended");
        await change(new BackfillControl(hub), id);
        return TypedResults.Accepted($"/api/backfills/{id}");
    }

    private static Backfill Find(JobHub hub, string id) =>
        BackfillControl.Find(hub.Root.Storage, id)
        ?? throw ApiException.NotFound($"there is no backfill '{id}'", "GET /api/backfills lists those that are there");
}

/// <summary>A wish for a backfill.</summary>
/// <param name="Job">The job, by its id or as <c>app/layer/id</c>.</param>
/// <param name="Pipeline">The pipeline, where none is meant to be a job.</param>
/// <param name="From">The first date.</param>
/// <param name="To">The last date.</param>
/// <param name="Scope">Which dates are run.</param>
/// <param name="NewestFirst">Whether the newest date runs first.</param>
/// <param name="MaxParallel">How many runs go on at a time.</param>
/// <param name="Parameters">Parameters of all its runs beside <c>runDate</c>.</param>
public sealed record BackfillRequest(
    string? Job,
    string? Pipeline,
    DateOnly From,
    DateOnly To,
    BackfillScope Scope = BackfillScope.Missing,
    bool NewestFirst = false,
    int MaxParallel = 1,
    IReadOnlyDictionary<string, string>? Parameters = null
);

/// <summary>The backfills of a hub.</summary>
/// <param name="Backfills">The backfills, the newest first.</param>
public sealed record BackfillListOutput(IReadOnlyList<Backfill> Backfills);

/// <summary>What a backfill would run.</summary>
/// <param name="Document">The job or pipeline.</param>
/// <param name="Dates">The dates, in the order in which they would run.</param>
public sealed record BackfillPlanOutput(string Document, IReadOnlyList<DateOnly> Dates);
