using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>Passes a cancellation on to what a run has begun: pipelines hear of it by a marker, jobs within the job by the event that reached this one.</summary>
internal sealed class CancelActivity(JobHub hub)
{
    public async Task<bool> Run(Cancellation cancellation, CancellationToken ct)
    {
        if (cancellation.Request.Stop)
            StopMarker.Set(hub.Root.Storage, cancellation.RunId);
        var children = hub.Documents.Find(cancellation.RunId)?.Nodes ?? [];
        foreach (var child in children.Where(n => n is { Kind: NodeKind.Job, ChildRunId: not null, HasEnded: false }))
            await hub.Client.RaiseEvent(child.ChildRunId!, JobEvents.Cancel, cancellation.Request, ct);
        return true;
    }
}
