using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>Tells whoever a job names that a run has begun or ended. Nobody who cannot be told makes a run fail.</summary>
internal sealed class TellActivity(JobHub hub)
{
    public async Task<bool> Run(Telling telling, CancellationToken ct)
    {
        var run = hub.Documents.Find(telling.RunId)!;
        var kind =
            telling.IsStart ? Occasion.Start
            : run.Status == JobStatus.Completed ? Occasion.Success
            : run.Status is JobStatus.Failed or JobStatus.CompletedWithErrors ? Occasion.Failure
            : Occasion.Completion;
        var job = PinnedJob.Read(hub.Root, run);
        var deliveries = await hub.Notifier.Send(JobNotice.Of(run, kind, hub), job.Job!.Notifications, ct);
        foreach (var failed in deliveries.Where(d => !d.IsDelivered))
            Logs.NotTold(hub.Logger, run.RunId, failed.To, failed.Error!);
        return true;
    }
}
