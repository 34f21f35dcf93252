using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>Writes down that a person is asked, and what was decided.</summary>
internal sealed class ApprovalActivity(JobHub hub, NodeAttempt attempt)
{
    private readonly PinnedJob job = hub.Pinned.Of(attempt.RunId);
    private readonly NodeDocument document = hub.Documents.OpenNode(attempt.RunId, attempt.Node);

    /// <summary>Asks; false where the condition of the approval is not true.</summary>
    public bool Ask()
    {
        var node = BegunNode.Of(hub, job, attempt) with { ChildRunId = null };
        if (NodeWhen.IsFalse(hub, job, attempt.Node))
        {
            document.TryWrite(node with { Status = NodeStatus.Skipped, Ended = hub.Time.GetUtcNow() });
            return false;
        }
        document.TryWrite(node with { Status = NodeStatus.WaitingForApproval });
        return true;
    }

    /// <summary>Writes down what came of it.</summary>
    public NodeResult End(ApprovalDecision? decision)
    {
        var node = (hub.Documents.FindNode(attempt.RunId, attempt.Node) ?? BegunNode.Of(hub, job, attempt)) with
        {
            Decision = decision,
            Ended = hub.Time.GetUtcNow(),
        };
        if (decision is { Approved: true })
        {
            document.TryWrite(node with { Status = NodeStatus.Succeeded });
            return NodeResult.Succeeded;
        }
        var what = $"{job.Run.App}/{job.Run.Layer}/{job.Run.Job}";
        var error = decision is { } refused
            ? NodeFailure.Error(what, ErrorClass.Data, $"{refused.By} refused it{(refused.Reason is { } why ? $": {why}" : "")}", null)
            : NodeFailure.Error(what, ErrorClass.Timeout, "nobody approved it in time", "run the job again from this node, and approve it");
        document.TryWrite(node with { Status = NodeStatus.Failed, Error = error });
        return NodeResult.Failed;
    }
}
