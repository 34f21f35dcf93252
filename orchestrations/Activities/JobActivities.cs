using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>What a job's orchestration calls, by the names that histories know: each activity may be done again, and does no harm then.</summary>
public static class JobActivities
{
    /// <summary>Starts a run that an event wants.</summary>
    public const string Start = "job.start";

    /// <summary>Asks for a place among the runs of the job.</summary>
    public const string Enter = "job.enter";

    /// <summary>Writes down that the run begins, and gives its plan.</summary>
    public const string Begin = "job.begin";

    /// <summary>Runs a pipeline, if its condition is true.</summary>
    public const string RunPipeline = "job.runPipeline";

    /// <summary>Makes the run of a job within the job ready.</summary>
    public const string BeginChild = "job.beginChild";

    /// <summary>Writes down how a job within the job ended.</summary>
    public const string EndChild = "job.endChild";

    /// <summary>Asks for an approval, if its condition is true.</summary>
    public const string Ask = "job.ask";

    /// <summary>Writes down what came of an approval.</summary>
    public const string EndApproval = "job.endApproval";

    /// <summary>Passes a cancellation on.</summary>
    public const string Cancel = "job.cancel";

    /// <summary>Writes down how the run ended, and gives its place back.</summary>
    public const string End = "job.end";

    /// <summary>Tells whoever wants to know.</summary>
    public const string Tell = "job.tell";

    /// <summary>
    /// The version of what the orchestrators decide. Whoever changes that raises it, and keeps the old way where <see cref="IOrchestrationContext.Version"/> is
    /// below; it is also the <c>defaultVersion</c> of <c>host.json</c>, by which Durable Functions tells workers apart.
    /// </summary>
    public const int Version = 2;

    /// <summary>Registers the orchestrators of jobs, of events, of backfills and of maintenance, and their activities.</summary>
    /// <param name="tasks">Where.</param>
    /// <param name="hub">The hub whose jobs they run.</param>
    public static DurableTasks AddJobs(this DurableTasks tasks, JobHub hub)
    {
        tasks.Version = Version;
        return BackfillActivities
            .AddTo(MaintenanceActivities.AddTo(tasks, hub), hub)
            .AddOrchestrator<JobInput, JobOutcome>(JobOrchestrator.Name, JobOrchestrator.Run)
            .AddOrchestrator<Telling, bool>(TellOrchestrator.Name, TellOrchestrator.Run)
            .AddOrchestrator<SignalInput, IReadOnlyList<string>>(SignalOrchestrator.Name, SignalOrchestrator.Run)
            .Add<StartRequest, bool>(hub, Start, r => r.RunId, (call, request) => new StartActivity(hub).Run(request, call.Cancellation))
            .Add<JobInput, AdmissionAnswer>(
                hub,
                Enter,
                input => input.RunId,
                (call, input) => new BeginActivity(hub).Enter(input, call.Cancellation)
            )
            .Add<JobInput, JobPlan>(
                hub,
                Begin,
                input => input.RunId,
                (call, input) => new BeginActivity(hub).Begin(input, call.Cancellation)
            )
            .Add<NodeAttempt, NodeResult>(hub, RunPipeline, a => a.RunId, (call, a) => new PipelineActivity(hub, a).Run(call.Cancellation))
            .Add<NodeAttempt, ChildRun>(hub, BeginChild, a => a.RunId, (_, a) => Task.FromResult(new ChildActivity(hub, a).Begin()))
            .Add<ChildEnd, NodeResult>(
                hub,
                EndChild,
                end => end.Attempt.RunId,
                (_, end) => Task.FromResult(new ChildActivity(hub, end.Attempt).End(end.Status))
            )
            .Add<NodeAttempt, bool>(hub, Ask, a => a.RunId, (_, a) => Task.FromResult(new ApprovalActivity(hub, a).Ask()))
            .Add<ApprovalEnd, NodeResult>(
                hub,
                EndApproval,
                end => end.Attempt.RunId,
                (_, end) => Task.FromResult(new ApprovalActivity(hub, end.Attempt).End(end.Decision))
            )
            .Add<Cancellation, bool>(hub, Cancel, c => c.RunId, (call, request) => new CancelActivity(hub).Run(request, call.Cancellation))
            .Add<JobEnd, bool>(hub, End, end => end.RunId, (call, end) => new EndActivity(hub).Run(end, call.Cancellation))
            .Add<Telling, bool>(hub, Tell, t => t.RunId, (call, telling) => new TellActivity(hub).Run(telling, call.Cancellation));
    }

    /// <summary>Registers an activity as a part of a run's trace.</summary>
    private static DurableTasks Add<TInput, TOutput>(
        this DurableTasks tasks,
        JobHub hub,
        string name,
        Func<TInput, string> runOf,
        Func<ActivityCall, TInput, Task<TOutput>> run
    ) => tasks.AddActivity<TInput, TOutput>(name, (call, input) => RunTrace.Within(hub, runOf(input), name, () => run(call, input)));
}
