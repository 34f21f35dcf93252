using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>An attempt at a node that is to begin.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Attempt">Which attempt it is, from 1; a fallback has one.</param>
/// <param name="IsFallback">Whether the fallback pipeline is to run in the node's place.</param>
public sealed record NodeStart(string Node, int Attempt, bool IsFallback);

/// <summary>
/// How far a run of a job is, and what comes next: the table of failure policies as a state machine. It knows no time and does nothing itself, so the
/// same calls in the same order give the same decisions. Whoever runs the job starts what <see cref="Next"/> gives, says with <see cref="Ended"/> how
/// each ended, and goes on until there is an <see cref="Ending"/>.
/// </summary>
public sealed class JobProgress
{
    private readonly JobGraph graph;
    private readonly Node[] nodes;
    private readonly SortedSet<int> ready = [];
    private int running;
    private int open;
    private bool hasErrors;
    private bool isHalted;
    private bool isCancelled;

    private JobProgress(JobGraph graph)
    {
        this.graph = graph;
        nodes = [.. graph.Nodes.Select(n => new Node { Waiting = n.DependsOn.Count })];
        open = nodes.Length;
    }

    /// <summary>How the job ended; null while a node can still change it.</summary>
    public JobStatus? Ending =>
        open > 0 ? null
        : isCancelled ? JobStatus.Cancelled
        : isHalted ? JobStatus.Failed
        : hasErrors ? JobStatus.CompletedWithErrors
        : JobStatus.Completed;

    /// <summary>Begins a run.</summary>
    /// <param name="graph">The job's graph.</param>
    /// <param name="kept">The nodes that succeeded in the run that this one reruns, and are not run again.</param>
    /// <exception cref="KeyNotFoundException">A node that is kept is not in the graph.</exception>
    public static JobProgress Begin(JobGraph graph, IEnumerable<string>? kept = null)
    {
        var progress = new JobProgress(graph);
        foreach (var node in (kept ?? []).Select(graph.IndexOf).Distinct())
            progress.Settle(node, NodeStatus.Succeeded);
        progress.FindReady(isDelayed: _ => false);
        return progress;
    }

    /// <summary>Goes on with a run from where it stood.</summary>
    /// <param name="graph">The job's graph, the same as then.</param>
    /// <param name="standing">Where it stood; <see cref="Retry"/> is called for each node whose next attempt was to wait for a time.</param>
    /// <exception cref="KeyNotFoundException">A node is not in the graph.</exception>
    public static JobProgress Continue(JobGraph graph, JobStanding standing)
    {
        var progress = new JobProgress(graph) { hasErrors = standing.HasErrors };
        var delayed = new HashSet<int>();
        foreach (var (id, status, attempts, isFallback, cause, due) in standing.Nodes)
        {
            var i = graph.IndexOf(id);
            var node = progress.nodes[i];
            (node.Attempts, node.IsFallback, node.Cause) = (attempts, isFallback, cause is null ? null : graph.IndexOf(cause));
            if (due is not null)
                delayed.Add(i);
            if (status == NodeStatus.Waiting)
                continue;
            progress.Close(i, status);
            foreach (var below in graph.DependantsOf(i))
                progress.nodes[below].Waiting--;
        }
        progress.FindReady(delayed.Contains);
        return progress;
    }

    /// <summary>Where the run stands while no node of it runs and it has not ended: nothing has halted or cancelled it then.</summary>
    /// <param name="due">When the next attempts at nodes are made that <see cref="Ended"/> gave a delay for and <see cref="Retry"/> was not called for.</param>
    /// <exception cref="InvalidOperationException">It has ended; or a node runs, or waits for an approval, whose end would be lost.</exception>
    public JobStanding Standing(IReadOnlyDictionary<string, DateTimeOffset> due)
    {
        if (Ending is { } ending)
            throw new InvalidOperationException($"The job has ended: {ending}.");
        var standing = new List<NodeStanding>();
        for (var i = 0; i < nodes.Length; i++)
        {
            var (id, node) = (graph.Nodes[i].Id, nodes[i]);
            if (node.Status is NodeStatus.Running or NodeStatus.WaitingForApproval)
                throw new InvalidOperationException($"'{id}' is {node.Status}.");
            if (node is { Status: NodeStatus.Waiting, Attempts: 0 })
                continue;
            DateTimeOffset? next = due.TryGetValue(id, out var at) ? at : null;
            standing.Add(new NodeStanding(id, node.Status, node.Attempts, node.IsFallback, CauseOf(id), next));
        }
        return new JobStanding(standing, hasErrors);
    }

    /// <summary>Where a node stands.</summary>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    public NodeStatus StatusOf(string node) => nodes[graph.IndexOf(node)].Status;

    /// <summary>How many attempts at a node have begun, its fallback not counted.</summary>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    public int AttemptsOf(string node) => nodes[graph.IndexOf(node)].Attempts;

    /// <summary>The node whose failure or leaving out is why a node was skipped or not started; null for any other node, and where the job was cancelled.</summary>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    public string? CauseOf(string node) => nodes[graph.IndexOf(node)].Cause is { } cause ? graph.Nodes[cause].Id : null;

    /// <summary>What is to begin now, in the order of the document; it counts as begun from here.</summary>
    public IReadOnlyList<NodeStart> Next()
    {
        var starts = new List<NodeStart>();
        foreach (var i in ready.ToArray())
            if (!graph.Nodes[i].TakesSlot || graph.MaxParallel is not { } most || running < most)
                starts.Add(Start(i));
        return starts;
    }

    /// <summary>
    /// Says how what <see cref="Next"/> gave ended. A node that the job no longer waits for, an approval when the job was halted or cancelled, is left as it is.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="result">How the attempt, or the fallback, ended.</param>
    /// <returns>How long from now another attempt is to be made, when <see cref="Retry"/> is called; null when there is none.</returns>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    /// <exception cref="InvalidOperationException">The node was not begun.</exception>
    public TimeSpan? Ended(string node, NodeResult result)
    {
        var i = graph.IndexOf(node);
        if (nodes[i].Status == NodeStatus.Cancelled)
            return null;
        if (nodes[i].Status is not (NodeStatus.Running or NodeStatus.WaitingForApproval))
            throw new InvalidOperationException($"'{node}' is {nodes[i].Status}, so it cannot end.");
        Release(i);
        switch (result)
        {
            case NodeResult.Succeeded or NodeResult.SucceededWithErrors:
                hasErrors |= result == NodeResult.SucceededWithErrors;
                Settle(i, nodes[i].IsFallback ? NodeStatus.Replaced : NodeStatus.Succeeded);
                return null;
            case NodeResult.LeftOut:
                SkipFrom(i, cause: null);
                return null;
            case NodeResult.Stopped when isCancelled:
                Settle(i, NodeStatus.Cancelled);
                return null;
            case NodeResult.FailedTransiently when DelayOf(i) is { } delay:
                nodes[i].Status = NodeStatus.Waiting;
                return delay;
            default:
                Fail(i);
                return null;
        }
    }

    /// <summary>Says that the time until a node's next attempt is over; <see cref="Next"/> gives it then. Nothing happens where the job no longer makes one.</summary>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    public void Retry(string node)
    {
        var i = graph.IndexOf(node);
        if (nodes[i] is { Status: NodeStatus.Waiting, Attempts: > 0 })
            ready.Add(i);
    }

    /// <summary>Ends the run: nothing new begins, and nobody waits for an approval or another attempt any more. What runs is still waited for.</summary>
    public void Cancel()
    {
        if (open == 0)
            return;
        isCancelled = true;
        StopStarting(NodeStatus.Cancelled, cause: null);
    }

    private void FindReady(Func<int, bool> isDelayed)
    {
        ready.Clear();
        for (var i = 0; i < nodes.Length; i++)
            if (nodes[i] is { Waiting: 0, Status: NodeStatus.Waiting } && !isDelayed(i))
                ready.Add(i);
    }

    private NodeStart Start(int i)
    {
        ready.Remove(i);
        if (!nodes[i].IsFallback)
            nodes[i].Attempts++;
        nodes[i].Status = graph.Nodes[i].TakesSlot ? NodeStatus.Running : NodeStatus.WaitingForApproval;
        running += graph.Nodes[i].TakesSlot ? 1 : 0;
        return new NodeStart(graph.Nodes[i].Id, nodes[i].IsFallback ? 1 : nodes[i].Attempts, nodes[i].IsFallback);
    }

    private void Release(int i) => running -= nodes[i].Status == NodeStatus.Running ? 1 : 0;

    private TimeSpan? DelayOf(int i) =>
        nodes[i].IsFallback || isHalted || isCancelled ? null : graph.Nodes[i].Retry?.DelayAfter(nodes[i].Attempts);

    private void Fail(int i)
    {
        var action = graph.Nodes[i].OnFailure;
        if (action == FailureAction.Fallback && !nodes[i].IsFallback && !isHalted && !isCancelled)
        {
            nodes[i].IsFallback = true;
            nodes[i].Status = NodeStatus.Waiting;
            ready.Add(i);
            return;
        }
        if (action is FailureAction.Skip or FailureAction.Continue)
            hasErrors = true;
        Settle(i, NodeStatus.Failed);
        if (action is FailureAction.Skip or FailureAction.Continue)
            return;
        isHalted = true;
        StopStarting(NodeStatus.Failed, cause: i);
    }

    /// <summary>Settles whatever does not run: what never began is not started, what would be tried again has ended.</summary>
    /// <param name="begun">How a node ends that waits for its next attempt; one that waits for its fallback has failed.</param>
    /// <param name="cause">The node because of which; null for a person.</param>
    private void StopStarting(NodeStatus begun, int? cause)
    {
        ready.Clear();
        for (var i = 0; i < nodes.Length; i++)
            if (nodes[i].Status == NodeStatus.WaitingForApproval)
                Close(i, NodeStatus.Cancelled);
            else if (nodes[i] is { Status: NodeStatus.Waiting, Attempts: > 0 })
                Close(i, nodes[i].IsFallback ? NodeStatus.Failed : begun);
            else if (nodes[i].Status == NodeStatus.Waiting)
            {
                nodes[i].Cause = cause;
                Close(i, NodeStatus.NotStarted);
            }
    }

    /// <summary>Ends a node, and lets those that depend on it begin, or skips them.</summary>
    private void Settle(int i, NodeStatus status)
    {
        Close(i, status);
        foreach (var below in graph.DependantsOf(i))
            if (nodes[below].Status != NodeStatus.Waiting)
                continue;
            else if (status == NodeStatus.Failed && graph.Nodes[i].OnFailure == FailureAction.Skip)
                SkipFrom(below, cause: i);
            else if (--nodes[below].Waiting == 0)
                ready.Add(below);
    }

    private void SkipFrom(int first, int? cause)
    {
        nodes[first].Cause = cause;
        Close(first, NodeStatus.Skipped);
        var skipped = new Stack<int>([first]);
        while (skipped.TryPop(out var i))
            foreach (var below in graph.DependantsOf(i).Where(b => nodes[b].Status == NodeStatus.Waiting))
            {
                nodes[below].Cause = cause ?? first;
                Close(below, NodeStatus.Skipped);
                skipped.Push(below);
            }
    }

    private void Close(int i, NodeStatus status)
    {
        nodes[i].Status = status;
        open--;
    }

    private sealed class Node
    {
        public NodeStatus Status { get; set; }

        /// <summary>How many of the nodes it depends on have not ended.</summary>
        public int Waiting { get; set; }

        public int Attempts { get; set; }

        /// <summary>Whether its fallback runs, or will.</summary>
        public bool IsFallback { get; set; }

        public int? Cause { get; set; }
    }
}
