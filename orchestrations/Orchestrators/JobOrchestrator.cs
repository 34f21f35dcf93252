using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>
/// Runs a job: waits for a place, starts what its graph lets begin, and decides by <see cref="JobProgress"/> what follows from how each node ends. A history
/// that has become long begins anew when nothing runs, so that neither a long chain nor a node that is tried again for days makes it grow without end.
/// </summary>
public sealed class JobOrchestrator : IDisposable
{
    /// <summary>The name it is registered by.</summary>
    public const string Name = "job";

    // A node is one step, and two for each time that it is tried again.
    private const int StepsOfOneHistory = 500;

    // Before, a run had one history.
    private const int VersionOfManyHistories = 2;

    private readonly IOrchestrationContext context;
    private readonly JobInput input;
    private readonly CancellationTokenSource waiting = new();
    private readonly List<Task<Step>> open = [];
    private readonly Dictionary<string, DateTimeOffset> due = [];
    private Task<CancelRequest> cancelled;
    private JobStanding? standing;

    private JobOrchestrator(IOrchestrationContext context, JobInput input)
    {
        (this.context, this.input) = (context, input);
        cancelled = NextCancellation();
    }

    /// <summary>Runs a job to its end.</summary>
    /// <exception cref="TaskFailedException">What the run is written down with could not be reached for an hour.</exception>
    public static async Task<JobOutcome> Run(IOrchestrationContext context, JobInput input)
    {
        using var job = new JobOrchestrator(context, input);
        var end = await job.Run();
        // A timer that is not cancelled keeps the instance open; and what a cancellation calls is called here, not on another thread.
        job.waiting.Cancel();
        if (end is null)
        {
            context.ContinueAsNew(input with { Standing = job.standing });
            return new JobOutcome(input.RunId, JobStatus.Running);
        }
        await context.Bookkeep<bool>(JobActivities.End, end);
        return new JobOutcome(input.RunId, end.Status);
    }

    /// <inheritdoc/>
    public void Dispose() => waiting.Dispose();

    /// <summary>Whether nothing runs: all that is open then are the timers of next attempts, and the wait for a cancellation.</summary>
    private bool MayBeginAnew => context.Version >= VersionOfManyHistories && open.Count == due.Count + 1 && !cancelled.IsCompleted;

    /// <summary>Runs it; null where it goes on in another history, from its standing.</summary>
    private async Task<JobEnd?> Run()
    {
        if (input.Standing is null && await Enter() is { } notAdmitted)
            return new JobEnd(input.RunId, notAdmitted, []);
        var plan = await context.Bookkeep<JobPlan>(JobActivities.Begin, new JobInput(input.RunId));
        var nodes = plan.Nodes.ToDictionary(n => n.Node.Id);
        var progress = Progress(plan);
        open.Add(Cancelled());
        for (var step = 1; ; step++)
        {
            if (step > StepsOfOneHistory && MayBeginAnew && progress.Ending is null)
            {
                standing = progress.Standing(due);
                return null;
            }
            foreach (var start in progress.Next())
                open.Add(Start(nodes[start.Node], start));
            if (progress.Ending is { } ending)
                return new JobEnd(input.RunId, ending, [.. plan.Nodes.Select(n => EndOf(progress, n.Node.Id))]);
            var done = await Task.WhenAny(open);
            open.Remove(done);
            await Take(progress, await done);
        }
    }

    private JobProgress Progress(JobPlan plan)
    {
        var graph = new JobGraph([.. plan.Nodes.Select(n => n.Node)], plan.MaxParallel);
        if (input.Standing is not { } before)
            return JobProgress.Begin(graph, plan.Kept);
        foreach (var node in before.Nodes)
            if (node.Due is { } at)
                open.Add(Wait(node.Node, at));
        return JobProgress.Continue(graph, before);
    }

    /// <summary>Waits for a place; null once there is one.</summary>
    private async Task<JobStatus?> Enter()
    {
        switch (await context.Bookkeep<AdmissionAnswer>(JobActivities.Enter, input))
        {
            case AdmissionAnswer.Skipped:
                return JobStatus.Skipped;
            case AdmissionAnswer.Cancelled:
                return JobStatus.Cancelled;
            case AdmissionAnswer.Queued:
                var admitted = context.ExternalEvent<bool>(JobEvents.Admitted, waiting.Token);
                return await Task.WhenAny(admitted, cancelled) == cancelled ? JobStatus.Cancelled : null;
            default:
                return null;
        }
    }

    private async Task Take(JobProgress progress, Step step)
    {
        switch (step)
        {
            case Step.Ended ended when progress.Ended(ended.Node, ended.Result) is { } delay:
                open.Add(Wait(ended.Node, context.Now + delay));
                break;
            case Step.Due { Node: var node }:
                due.Remove(node);
                progress.Retry(node);
                break;
            case Step.Cancelled cancel:
                progress.Cancel();
                await context.Bookkeep<bool>(JobActivities.Cancel, new Cancellation(input.RunId, cancel.Request));
                // Who lets things finish may want them stopped later.
                cancelled = NextCancellation();
                open.Add(Cancelled());
                break;
        }
    }

    private Task<CancelRequest> NextCancellation() => context.ExternalEvent<CancelRequest>(JobEvents.Cancel, waiting.Token);

    private async Task<Step> Cancelled() => new Step.Cancelled(await cancelled);

    private async Task<Step> Wait(string node, DateTimeOffset at)
    {
        due.Add(node, at);
        await context.Timer(at, waiting.Token);
        return new Step.Due(node);
    }

    private async Task<Step> Start(JobPlanNode planned, NodeStart start)
    {
        var attempt = new NodeAttempt(input.RunId, start.Node, start.Attempt, start.IsFallback);
        var result = planned.Node.Kind switch
        {
            NodeKind.Approval => await Ask(attempt, planned.Timeout),
            NodeKind.Job when !start.IsFallback => await RunJob(attempt),
            _ => await RunPipeline(attempt),
        };
        return new Step.Ended(start.Node, result);
    }

    private async Task<NodeResult> RunPipeline(NodeAttempt attempt)
    {
        try
        {
            return await context.CallActivity<NodeResult>(JobActivities.RunPipeline, attempt);
        }
        catch (TaskFailedException)
        {
            // What a pipeline does wrong is its result; only what is written about it could not be written.
            return NodeResult.FailedTransiently;
        }
    }

    private async Task<NodeResult> RunJob(NodeAttempt attempt)
    {
        var child = await context.Bookkeep<ChildRun>(JobActivities.BeginChild, attempt);
        if (child.RunId is not { } runId)
            return child.Result;
        JobStatus? status;
        try
        {
            status = (await context.CallOrchestrator<JobOutcome>(Name, new JobInput(runId), runId)).Status;
        }
        catch (TaskFailedException)
        {
            status = null;
        }
        return await context.Bookkeep<NodeResult>(JobActivities.EndChild, new ChildEnd(attempt, status));
    }

    private async Task<NodeResult> Ask(NodeAttempt attempt, TimeSpan? timeout)
    {
        var isAsked = await context.Bookkeep<bool>(JobActivities.Ask, attempt);
        if (!isAsked)
            return NodeResult.LeftOut;
        var answer = context.ExternalEvent<ApprovalDecision>(JobEvents.Approval(attempt.Node), waiting.Token);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token);
        if (timeout is { } limit)
            await Task.WhenAny(answer, context.Timer(context.Now + limit, late.Token));
        else
            await answer;
        waiting.Token.ThrowIfCancellationRequested();
        late.Cancel();
        var decision = answer.IsCompleted ? await answer : null;
        return await context.Bookkeep<NodeResult>(JobActivities.EndApproval, new ApprovalEnd(attempt, decision));
    }

    private static NodeEnd EndOf(JobProgress progress, string node) => new(node, progress.StatusOf(node), progress.CauseOf(node));

    /// <summary>What an orchestration waits for.</summary>
    private abstract record Step
    {
        /// <summary>An attempt has ended.</summary>
        public sealed record Ended(string Node, NodeResult Result) : Step;

        /// <summary>The time until the next attempt is over.</summary>
        public sealed record Due(string Node) : Step;

        /// <summary>A person, or a newer run, wants it to end.</summary>
        public sealed record Cancelled(CancelRequest Request) : Step;
    }
}
