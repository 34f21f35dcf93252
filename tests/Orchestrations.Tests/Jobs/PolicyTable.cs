using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

/// <summary>
/// The table of failure policies, written down plainly and without regard to speed: of each node it is known what it does or how it ended, and
/// everything else is asked of that anew each time.
/// </summary>
internal sealed class PolicyTable(JobGraph graph, IReadOnlySet<string> kept)
{
    private readonly Dictionary<string, NodeStatus> ended = kept.ToDictionary(n => n, _ => NodeStatus.Succeeded);
    private readonly Dictionary<string, int> attempts = graph.Nodes.ToDictionary(n => n.Id, _ => 0);
    private readonly HashSet<string> runs = [];
    private readonly HashSet<string> awaitRetry = [];
    private readonly HashSet<string> useFallback = [];
    private bool isCancelled;
    private bool hasErrors;

    public JobStatus? Ending =>
        graph.Nodes.Any(n => !ended.ContainsKey(n.Id)) ? null
        : isCancelled ? JobStatus.Cancelled
        : IsHalted ? JobStatus.Failed
        : hasErrors ? JobStatus.CompletedWithErrors
        : JobStatus.Completed;

    private bool IsHalted =>
        graph.Nodes.Any(n => Is(n, NodeStatus.Failed) && (n.OnFailure is FailureAction.Halt or FailureAction.Fallback));

    public NodeStatus StatusOf(GraphNode node) =>
        ended.TryGetValue(node.Id, out var status) ? status
        : !runs.Contains(node.Id) ? NodeStatus.Waiting
        : node.Kind == NodeKind.Approval ? NodeStatus.WaitingForApproval
        : NodeStatus.Running;

    /// <summary>Whether a node waits until its next attempt is due.</summary>
    public bool AwaitsRetry(GraphNode node) => awaitRetry.Contains(node.Id) && !ended.ContainsKey(node.Id);

    /// <summary>Whether a node's fallback runs or will run.</summary>
    public bool UsesFallback(GraphNode node) => useFallback.Contains(node.Id);

    /// <summary>Begins what may begin now: the nodes, each with whether it is the fallback that does.</summary>
    public List<(string Node, bool IsFallback)> Begin()
    {
        var begun = new List<(string, bool)>();
        foreach (var node in graph.Nodes.Where(MayBegin))
        {
            runs.Add(node.Id);
            attempts[node.Id] += UsesFallback(node) ? 0 : 1;
            begun.Add((node.Id, UsesFallback(node)));
        }
        return begun;
    }

    public void End(GraphNode node, NodeResult result)
    {
        runs.Remove(node.Id);
        hasErrors |= result == NodeResult.SucceededWithErrors;
        var mayGoOn = !IsHalted && !isCancelled && !UsesFallback(node);
        if (result is NodeResult.Succeeded or NodeResult.SucceededWithErrors)
            ended[node.Id] = UsesFallback(node) ? NodeStatus.Replaced : NodeStatus.Succeeded;
        else if (result == NodeResult.LeftOut)
            ended[node.Id] = NodeStatus.Skipped;
        else if (result == NodeResult.Stopped && isCancelled)
            ended[node.Id] = NodeStatus.Cancelled;
        else if (result == NodeResult.FailedTransiently && mayGoOn && attempts[node.Id] <= (node.Retry?.MaxRetries ?? 0))
            awaitRetry.Add(node.Id);
        else if (node.OnFailure == FailureAction.Fallback && mayGoOn)
            useFallback.Add(node.Id);
        else
        {
            ended[node.Id] = NodeStatus.Failed;
            hasErrors |= node.OnFailure is FailureAction.Skip or FailureAction.Continue;
        }
        Follow();
    }

    public void BecomesDue(GraphNode node) => awaitRetry.Remove(node.Id);

    public void Cancel()
    {
        isCancelled = true;
        Follow();
    }

    private bool MayBegin(GraphNode node) =>
        StatusOf(node) == NodeStatus.Waiting
        && !AwaitsRetry(node)
        && node.DependsOn.Select(Named).All(LetsPass)
        && (
            node.Kind == NodeKind.Approval
            || graph.Nodes.Count(n => StatusOf(n) == NodeStatus.Running) < (graph.MaxParallel ?? int.MaxValue)
        );

    private bool LetsPass(GraphNode node) =>
        Is(node, NodeStatus.Succeeded)
        || Is(node, NodeStatus.Replaced)
        || (Is(node, NodeStatus.Failed) && node.OnFailure == FailureAction.Continue);

    private bool Skips(GraphNode node) =>
        Is(node, NodeStatus.Skipped) || (Is(node, NodeStatus.Failed) && node.OnFailure == FailureAction.Skip);

    /// <summary>What follows for nodes that do not run: as often as there are nodes, since one may follow from another.</summary>
    private void Follow()
    {
        foreach (var _ in graph.Nodes)
        foreach (var node in graph.Nodes.Where(n => !ended.ContainsKey(n.Id) && n.DependsOn.Select(Named).Any(Skips)))
            ended[node.Id] = NodeStatus.Skipped;
        if (!IsHalted && !isCancelled)
            return;
        var hasHalted = IsHalted;
        foreach (var node in graph.Nodes)
            if (StatusOf(node) == NodeStatus.WaitingForApproval)
                ended[node.Id] = NodeStatus.Cancelled;
            else if (StatusOf(node) == NodeStatus.Waiting)
                ended[node.Id] =
                    attempts[node.Id] == 0 ? NodeStatus.NotStarted
                    : hasHalted || UsesFallback(node) ? NodeStatus.Failed
                    : NodeStatus.Cancelled;
    }

    private bool Is(GraphNode node, NodeStatus status) => ended.TryGetValue(node.Id, out var how) && how == status;

    private GraphNode Named(string id) => graph.Nodes.Single(n => n.Id == id);
}
