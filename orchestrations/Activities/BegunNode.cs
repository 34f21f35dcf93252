using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>What a node's document says when an attempt at it begins.</summary>
internal static class BegunNode
{
    /// <summary>The node as it begins, with what earlier attempts of this run have left.</summary>
    public static NodeRun Of(JobHub hub, PinnedJob job, NodeAttempt attempt)
    {
        var now = hub.Time.GetUtcNow();
        // What a rerun decided of the node stands in the run's own document.
        var planned = job.Run.Nodes.FirstOrDefault(n => n.Node == attempt.Node);
        var before = attempt.Attempt > 1 || attempt.IsFallback ? hub.Documents.FindNode(attempt.RunId, attempt.Node) : null;
        var pinned = job.Run.Documents.FirstOrDefault(d => d.Node == attempt.Node && d.IsFallback == attempt.IsFallback);
        var runId = NodeRunId.Of(attempt.RunId, attempt.Node);
        return new NodeRun
        {
            Node = attempt.Node,
            Kind = job.Node(attempt.Node)?.Kind ?? NodeKind.Pipeline,
            Status = NodeStatus.Running,
            Document = (pinned?.Address)?.ToString(),
            Revision = pinned?.Revision,
            Attempts = attempt.IsFallback ? before?.Attempts ?? 0 : attempt.Attempt,
            ChildRunId = planned?.ChildRunId ?? runId,
            FallbackRunId = attempt.IsFallback ? NodeRunId.OfFallback(attempt.RunId, attempt.Node) : null,
            Queued = before?.Queued ?? now,
            Started = before?.Started ?? now,
            Note = planned?.Note,
        };
    }
}
