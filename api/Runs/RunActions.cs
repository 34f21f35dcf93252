using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Runs;

/// <summary>What is done to a run: cancel, do again, undo, decide on an approval.</summary>
internal static class RunActions
{
    public static void Map(RouteGroupBuilder run)
    {
        run.MapGet("/approvals", Approvals)
            .WithName("listApprovals")
            .WithSummary("The approvals of a run.")
            .WithDescription("Those that wait, with who may decide, and those that were decided, with who did and why.");
        var actions = run.MapGroup("").ProducesProblem(StatusCodes.Status409Conflict);
        actions
            .MapPost("/cancel", Cancel)
            .WithName("cancelRun")
            .WithSummary("Cancels a run.")
            .WithDescription("Nothing more of it begins. What runs is let finish, or stopped. The run ends a little later.");
        actions
            .MapPost("/rerun", Rerun)
            .WithName("rerun")
            .WithSummary("Does a run again.")
            .WithDescription(
                "What failed, from a node on, or all; with the documents as they were or as they are now. What is kept is not run, and what a failed pipeline had committed is found done."
            )
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        actions
            .MapPost("/undo", Undo)
            .WithName("undoRun")
            .WithSummary("Undoes a run.")
            .WithDescription(
                "Each Delta table that it wrote is what it was before, in a commit of its own. Refused where a later run has built on it."
            );
        actions
            .MapPost("/approvals/{node}", Decide)
            .WithName("decideApproval")
            .WithSummary("Decides on an approval.")
            .WithDescription("The header X-Hub-User says who decides. The run goes on a little later.")
            .ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<Accepted<JobRun>> Cancel(
        JobHub hub,
        JobControl control,
        HttpContext context,
        [Description("The run.")] string id,
        CancelInput? input = null,
        CancellationToken cancellation = default
    )
    {
        var run = RunEndpoints.Find(hub.History, id, cancellation);
        return await Refusal.AsConflict(async () =>
        {
            await control.Cancel(run.RunId, context.Caller().Name, input?.Stop == true, cancellation);
            return Accepted(hub, run.RunId, cancellation);
        });
    }

    private static async Task<Accepted<RerunOutput>> Rerun(
        JobHub hub,
        JobControl control,
        JobStarter starter,
        HttpContext context,
        [Description("The run.")] string id,
        RerunInput? input = null,
        CancellationToken cancellation = default
    )
    {
        var before = RunEndpoints.Find(hub.History, id, cancellation);
        var (mode, from, latest, parameters) = input ?? new();
        var wish = new RerunWish(mode, from, latest, parameters is null ? null : ParameterTexts.Of(parameters));
        var output = await Refusal.AsConflict(async () =>
        {
            var (run, warnings) = control.Rerun(before.RunId, wish, context.Caller().Name);
            await starter.Start(run, cancellation);
            return new RerunOutput(run, warnings);
        });
        return TypedResults.Accepted($"/api/runs/{output.Run.RunId}", output);
    }

    private static async Task<Ok<UndoRecord>> Undo(
        JobHub hub,
        HttpContext context,
        [Description("The run.")] string id,
        CancellationToken cancellation = default
    )
    {
        var run = RunEndpoints.Find(hub.History, id, cancellation);
        return TypedResults.Ok(await Refusal.AsConflict(() => Task.FromResult(hub.Undo.Undo(run, context.Caller().Name, cancellation))));
    }

    private static Ok<ApprovalListOutput> Approvals(
        JobHub hub,
        JobControl control,
        [Description("The run.")] string id,
        CancellationToken cancellation = default
    )
    {
        var run = RunEndpoints.Find(hub.History, id, cancellation);
        var approvals = run
            .Nodes.Where(n => n.Kind == NodeKind.Approval)
            .Select(n => new ApprovalOutput(n.Node, n.Status, n.Started, control.Approvers(run, n.Node), n.Decision));
        return TypedResults.Ok(new ApprovalListOutput(run.RunId, [.. approvals]));
    }

    private static async Task<Accepted<JobRun>> Decide(
        JobHub hub,
        JobControl control,
        HttpContext context,
        [Description("The run.")] string id,
        [Description("The approval's node.")] string node,
        DecisionInput input,
        CancellationToken cancellation = default
    )
    {
        var run = RunEndpoints.Find(hub.History, id, cancellation);
        if (input.Approved is not { } isApproved)
            throw ApiException.BadRequest("the decision is missing", "send {\"approved\": true} or {\"approved\": false}");
        var by = context.Caller().Name;
        if (control.Approvers(run, node) is { Count: > 0 } approvers && !approvers.Contains(by, StringComparer.OrdinalIgnoreCase))
            throw new ApiException(403, $"'{by}' may not decide on '{node}'", $"ask one of: {string.Join(", ", approvers)}");
        var decision = new ApprovalDecision(isApproved, by, input.Reason, hub.Time.GetUtcNow());
        return await Refusal.AsConflict(async () =>
        {
            await control.Decide(run.RunId, node, decision, cancellation);
            return Accepted(hub, run.RunId, cancellation);
        });
    }

    private static Accepted<JobRun> Accepted(JobHub hub, string runId, CancellationToken ct) =>
        TypedResults.Accepted($"/api/runs/{runId}", RunEndpoints.Find(hub.History, runId, ct));
}
