using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>Asks a node's condition, with what the nodes before it have done.</summary>
internal static class NodeWhen
{
    /// <summary>Whether the node has a condition that is not true.</summary>
    /// <exception cref="InvalidDocumentException">The condition does not bind.</exception>
    public static bool IsFalse(JobHub hub, PinnedJob job, string id)
    {
        if (job.Node(id) is not { When: not null } node)
            return false;
        using var binder = new ExpressionBinder();
        var findings = new Diagnostics();
        var condition =
            NodeCondition.Bind(node, job.Job!.Nodes, JobGraphCheck.Upstream(node, job.Job!.Nodes), job.Values.Types, binder, findings)
            ?? throw new InvalidDocumentException(findings);
        var outcomes = condition
            .Nodes.Select(name => hub.Documents.FindNode(job.Run.RunId, name) ?? job.Run.Nodes.FirstOrDefault(n => n.Node == name))
            .OfType<NodeRun>()
            .ToDictionary(n => n.Node, Outcome);
        return !condition.IsTrue(outcomes, job.Values, binder);
    }

    private static NodeOutcome Outcome(NodeRun node) =>
        node.Kind == NodeKind.Approval
            ? new NodeOutcome(node.Status)
            : new NodeOutcome(node.Status, node.RowsRead, node.RowsWritten, node.RowsRejected, node.Seconds, node.Attempts);
}
