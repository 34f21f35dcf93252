using System.ComponentModel;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Runs;

/// <summary><c>/api/runs</c>: what runs and what ran.</summary>
internal static class RunEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("runs");
        runs.MapGet("/", List)
            .WithName("listRuns")
            .WithSummary("The runs, newest first.")
            .WithDescription(
                "A page of those to which all applies that is given, without their nodes. The answer's 'next' is the cursor of the next page."
            );
        runs.MapGet("/counts", Counts)
            .WithName("countRuns")
            .WithSummary("How many runs there were.")
            .WithDescription("By the day on which they were accepted, in UTC, and where they stand.");
        var run = runs.MapGroup("/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        run.MapGet("/", Show)
            .WithName("getRun")
            .WithSummary("A run with its nodes.")
            .WithDescription("Where it stands, what failed, and what each node has read and written.");
        run.MapGet("/reports", Reports)
            .WithName("getRunReports")
            .WithSummary("The reports of a run's pipelines.")
            .WithDescription("Each attempt of each node: sources, steps, targets, rows, bytes, times and errors.");
        run.MapGet("/events", Events)
            .WithName("watchRun")
            .WithSummary("A run as it changes, as server-sent events.")
            .WithDescription(
                "First how it stands, then each change: 'run' for the run itself, 'node' for one of its nodes, and 'end' when it has ended, which is the last one. "
                    + "A reader that comes again is told again how it stands."
            )
            .Produces<RunChange>(StatusCodes.Status200OK, RunEventStream.ContentType);
        run.MapGet("/undo", PlanUndo)
            .WithName("planUndo")
            .WithSummary("What undoing a run would do.")
            .WithDescription(
                "The tables it would restore and to which version, what cannot be undone, and why it may not be undone at all. Changes nothing."
            );
        RunActions.Map(run);
    }

    /// <summary>A run.</summary>
    /// <exception cref="ApiException">There is none of this id.</exception>
    internal static JobRun Find(RunHistory history, string id, CancellationToken ct) =>
        history.Find(id, ct) ?? throw ApiException.NotFound($"there is no run '{id}'", "GET /api/runs lists those that are there");

    private static Ok<RunPage> List(
        RunHistory history,
        [AsParameters] RunQuery query,
        [Description("The cursor that the page before gave.")] string? cursor = null,
        [Description("How many runs, up to 1000.")] int size = 50,
        CancellationToken cancellation = default
    )
    {
        if (size is < 1 or > RunHistory.LargestPage)
            throw ApiException.BadRequest($"'size' is {size}, and may be 1 to {RunHistory.LargestPage}");
        var filter = query.ToFilter();
        try
        {
            return TypedResults.Ok(history.Page(filter, cursor, size, cancellation));
        }
        catch (ArgumentException) when (cursor is not null)
        {
            throw ApiException.BadRequest($"'{cursor}' is no cursor of the history", "take the one that the page before gave as 'next'");
        }
    }

    private static Ok<RunCountsOutput> Counts(
        RunHistory history,
        [AsParameters] RunQuery query,
        CancellationToken cancellation = default
    ) => TypedResults.Ok(new RunCountsOutput(history.Counts(query.ToFilter(), cancellation)));

    private static Ok<JobRun> Show(RunHistory history, [Description("The run.")] string id, CancellationToken cancellation = default) =>
        TypedResults.Ok(Find(history, id, cancellation));

    private static Ok<RunReportsOutput> Reports(
        RunHistory history,
        [Description("The run.")] string id,
        CancellationToken cancellation = default
    )
    {
        var run = Find(history, id, cancellation);
        var nodes =
            from node in run.Nodes
            where node.Kind == NodeKind.Pipeline
            from child in new[] { (Id: node.ChildRunId, IsFallback: false), (Id: node.FallbackRunId, IsFallback: true) }
            where child.Id is not null
            let reports = history.PipelineReports(child.Id, cancellation)
            where reports.Count > 0
            select new NodeReportsOutput(node.Node, child.Id, child.IsFallback, [.. reports.Select(r => JsonNode.Parse(r)!)]);
        return TypedResults.Ok(new RunReportsOutput(run.RunId, [.. nodes]));
    }

    private static RunEventStream Events(
        RunHistory history,
        TimeProvider time,
        [Description("The run.")] string id,
        CancellationToken cancellation = default
    )
    {
        var run = Find(history, id, cancellation);
        return new RunEventStream(new RunEvents(history, time).Of(run.RunId, cancellation));
    }

    private static Ok<UndoPlan> PlanUndo(
        RunHistory history,
        RunUndo undo,
        [Description("The run.")] string id,
        CancellationToken cancellation = default
    ) => TypedResults.Ok(undo.Plan(Find(history, id, cancellation)));
}
