using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>The end of a run: its nodes are folded into its document, and its place is another's.</summary>
internal sealed class EndActivity(JobHub hub)
{
    public async Task<bool> Run(JobEnd end, CancellationToken ct)
    {
        var run = hub.Documents.Find(end.RunId)!;
        if (!run.HasEnded)
        {
            run = Ended(run, end);
            hub.Documents.Write(run);
            JobTelemetry.Ended(run);
            RunTrace.Ended(run);
        }
        await hub.Admission.Release(DocumentKind.Job, new DocumentAddress(run.App, run.Layer, run.Job), run.RunId, ct);
        if (hub.Pinned.Of(end.RunId).HasNotifications)
            await hub.Tell(new Telling(end.RunId, IsStart: false), ct);
        hub.Pinned.Forget(end.RunId);
        return true;
    }

    private JobRun Ended(JobRun run, JobEnd end)
    {
        var now = hub.Time.GetUtcNow();
        var known = run.Nodes.ToDictionary(n => n.Node);
        var nodes = end.Nodes.Select(n => Ended(known.GetValueOrDefault(n.Node), n, now)).ToArray();
        return run with
        {
            Status = end.Status,
            Started = run.Started ?? (end.Status == JobStatus.Skipped ? null : now),
            Ended = now,
            Sla =
                run.Due is not { } due ? null
                : end.Status is JobStatus.Completed or JobStatus.CompletedWithErrors && now <= due ? SlaStatus.Met
                : SlaStatus.Missed,
            // The first that failed is what the others followed from.
            Error = nodes.Where(n => n.Status == NodeStatus.Failed).MinBy(n => n.Ended)?.Error,
            Nodes = nodes,
        };
    }

    private static NodeRun Ended(NodeRun? node, NodeEnd end, DateTimeOffset now)
    {
        node ??= new NodeRun { Node = end.Node, Status = end.Status };
        var note = end.Cause is { } cause ? $"because of '{cause}'" : node.Note;
        return node with { Status = end.Status, Ended = node.Ended ?? (node.Started is null ? null : now), Note = note, Progress = null };
    }
}
