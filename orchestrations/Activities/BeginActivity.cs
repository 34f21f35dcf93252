using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>The beginning of a run: its place among the runs of its job, and its plan.</summary>
internal sealed class BeginActivity(JobHub hub)
{
    /// <summary>Asks for a place; a job within a job has the place of the one around it.</summary>
    public async Task<AdmissionAnswer> Enter(JobInput input, CancellationToken ct)
    {
        var job = hub.Pinned.Of(input.RunId);
        // Who cancels a backfill tells the runs that have begun, after it is written down; this one may have come in between.
        if (job.Run.BackfillId is { } backfill && BackfillControl.Find(hub.Root.Storage, backfill) is { Status: BackfillStatus.Cancelled })
            return AdmissionAnswer.Cancelled;
        if (job.Job is not { } document || job.Run.ParentRunId is not null)
            return AdmissionAnswer.Admitted;
        return await hub.Admission.Enter(
            DocumentKind.Job,
            new DocumentAddress(job.Run.App, job.Run.Layer, job.Run.Job),
            input.RunId,
            document.Concurrency,
            document.WhenBusy,
            job.Run.Lane,
            ct
        );
    }

    /// <summary>Writes down that the run begins.</summary>
    /// <exception cref="RunException">The storage fails.</exception>
    public async Task<JobPlan> Begin(JobInput input, CancellationToken ct)
    {
        var job = hub.Pinned.Of(input.RunId);
        var run = hub.Documents.Find(input.RunId)!;
        if (run.Started is null)
        {
            var now = hub.Time.GetUtcNow();
            hub.Documents.Write(run with { Status = JobStatus.Running, Started = now, Nodes = job.Run.Nodes });
            JobTelemetry.Began(run, now);
        }
        if (job.HasNotifications)
            await hub.Tell(new Telling(input.RunId, IsStart: true), ct);
        var kept = job.Run.Nodes.Where(n => n.KeptFrom is not null).Select(n => n.Node);
        return new JobPlan([.. job.Graph.Nodes.Select(n => new JobPlanNode(n, job.Node(n.Id)?.Timeout))], job.Graph.MaxParallel, [.. kept]);
    }
}
