using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>What a job's orchestration calls, by the names that histories know: each activity may be done again, and does no harm then.</summary>
public static class JobActivities
{
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

    /// <summary>Registers the orchestrators of jobs and of backfills, and their activities.</summary>
    /// <param name="tasks">Where.</param>
    /// <param name="hub">The hub whose jobs they run.</param>
    public static DurableTasks AddJobs(this DurableTasks tasks, JobHub hub) =>
        BackfillActivities
            .AddTo(tasks, hub)
            .AddOrchestrator<JobInput, JobOutcome>(JobOrchestrator.Name, JobOrchestrator.Run)
            .AddOrchestrator<Telling, bool>(TellOrchestrator.Name, TellOrchestrator.Run)
            .AddActivity<JobInput, AdmissionAnswer>(Enter, (call, input) => new BeginActivity(hub).Enter(input, call.Cancellation))
            .AddActivity<JobInput, JobPlan>(Begin, (call, input) => new BeginActivity(hub).Begin(input, call.Cancellation))
            .AddActivity<NodeAttempt, NodeResult>(RunPipeline, (call, attempt) => new PipelineActivity(hub, attempt).Run(call.Cancellation))
            .AddActivity<NodeAttempt, ChildRun>(BeginChild, (_, attempt) => Task.FromResult(new ChildActivity(hub, attempt).Begin()))
            .AddActivity<ChildEnd, NodeResult>(EndChild, (_, end) => Task.FromResult(new ChildActivity(hub, end.Attempt).End(end.Status)))
            .AddActivity<NodeAttempt, bool>(Ask, (_, attempt) => Task.FromResult(new ApprovalActivity(hub, attempt).Ask()))
            .AddActivity<ApprovalEnd, NodeResult>(
                EndApproval,
                (_, end) => Task.FromResult(new ApprovalActivity(hub, end.Attempt).End(end.Decision))
            )
            .AddActivity<Cancellation, bool>(Cancel, (call, request) => new CancelActivity(hub).Run(request, call.Cancellation))
            .AddActivity<JobEnd, bool>(End, (call, end) => new EndActivity(hub).Run(end, call.Cancellation))
            .AddActivity<Telling, bool>(Tell, (call, telling) => new TellActivity(hub).Run(telling, call.Cancellation));
}
