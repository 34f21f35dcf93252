namespace ServerlessHub.Orchestrations.Runs;

/// <summary>What of a run is done again.</summary>
public enum RerunMode
{
    /// <summary>What did not succeed, and what comes after it.</summary>
    Failed,

    /// <summary>A node and what comes after it; and what did not succeed.</summary>
    From,

    /// <summary>Everything.</summary>
    All,
}

/// <summary>A wish to do a run again.</summary>
/// <param name="Mode">What of it.</param>
/// <param name="From">The node from which on, for <see cref="RerunMode.From"/>; otherwise null.</param>
/// <param name="Revision">The revision of the job's document to run now.</param>
/// <param name="Nodes">All nodes of that revision in its order, each with those it depends on, and the revision of its own document.</param>
/// <param name="Parameters">The parameters to run with now.</param>
/// <param name="Committed">The targets that nodes which did not succeed had committed, by node.</param>
public sealed record RerunRequest(
    RerunMode Mode,
    string? From,
    string Revision,
    IReadOnlyList<RerunNode> Nodes,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Committed
)
{
    /// <summary>Whether the run was undone: then nothing of it is there that could be kept or gone on with.</summary>
    public bool IsUndone { get; init; }
}

/// <summary>A node as it is now.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DependsOn">The nodes it depends on.</param>
/// <param name="Revision">The revision of the document it runs; null for an approval.</param>
public sealed record RerunNode(string Id, IReadOnlyList<string> DependsOn, string? Revision);

/// <summary>A node in a rerun.</summary>
/// <param name="Node">The node.</param>
/// <param name="KeptFrom">The run in which it succeeded, if that is kept; null if it runs.</param>
/// <param name="ChildRunId">The id under which its pipeline runs again, so that what it committed is found done; null for a fresh one, or where it does not run.</param>
/// <param name="Attempt">Which attempt of that run it is, from 1.</param>
/// <param name="Note">What there is to know about it, or null.</param>
public sealed record PlannedNode(string Node, string? KeptFrom, string? ChildRunId, int Attempt, string? Note);

/// <summary>
/// How a run is done again: which nodes are kept as they are, which run, and under which ids. Nothing is done yet. A node that had failed, or was
/// stopped, goes on under the id it had, so that no target gets its rows twice; one that had succeeded and is wanted again, or runs with other
/// parameters or another document, is a new run.
/// </summary>
/// <param name="Nodes">The nodes, in the order of the document.</param>
/// <param name="Warnings">What whoever asked for it should know first.</param>
/// <param name="Refusal">Why it cannot be done, and what can; null if it can.</param>
public sealed record RerunPlan(IReadOnlyList<PlannedNode> Nodes, IReadOnlyList<string> Warnings, string? Refusal)
{
    /// <summary>Makes the plan.</summary>
    /// <param name="run">The run, with its nodes.</param>
    /// <param name="request">What is wanted of it.</param>
    public static RerunPlan Of(JobRun run, RerunRequest request)
    {
        var before = run.Nodes.ToDictionary(n => n.Node);
        if (Refuse(run, request) is { } refusal)
            return new([], [], refusal);
        var again = Again(before, request);
        if (again.Count == 0)
            return new([], [], $"every node of run {run.RunId} succeeded; rerun all of it, or from a node on");
        var sameParameters = AreSame(run.Parameters, request.Parameters);
        var kept = request.Nodes.Where(n => !again.Contains(n.Id)).Select(n => n.Id).ToArray();
        if (kept.Length > 0 && !sameParameters)
            return new(
                [],
                [],
                $"the parameters are others than those of run {run.RunId}, but {Names(kept)} would be kept as they ran with those: rerun all of it, or with the same parameters"
            );
        var warnings = new List<string>();
        if (kept.Length > 0 && request.Revision != run.Revision)
            warnings.Add($"the job's document has changed since run {run.RunId}; {Names(kept)} are kept as they ran");
        var nodes = request
            .Nodes.Select(node =>
                again.Contains(node.Id)
                    ? Planned(run, node, before, request, sameParameters, warnings)
                    : Kept(run, node, before[node.Id], warnings)
            )
            .ToArray();
        return new(nodes, warnings, null);
    }

    private static string? Refuse(JobRun run, RerunRequest request) =>
        !run.HasEnded ? $"run {run.RunId} goes on; cancel it, or wait until it has ended"
        : request.IsUndone && request.Mode != RerunMode.All ? $"run {run.RunId} was undone, so nothing of it can be kept; rerun all of it"
        : request.Mode != RerunMode.From ? null
        : request.From is null ? "say from which node on"
        : request.Nodes.All(n => n.Id != request.From)
            ? $"the job has no node '{request.From}'; its nodes are {Names([.. request.Nodes.Select(n => n.Id)])}"
        : null;

    /// <summary>The nodes that run: those that are wanted, and whatever depends on one that runs.</summary>
    private static HashSet<string> Again(Dictionary<string, NodeRun> before, RerunRequest request)
    {
        var again = request
            .Nodes.Where(n => request.Mode == RerunMode.All || n.Id == request.From || !HasSucceeded(before, n.Id))
            .Select(n => n.Id)
            .ToHashSet();
        for (var size = -1; size != again.Count; )
        {
            size = again.Count;
            again.UnionWith(request.Nodes.Where(n => n.DependsOn.Any(again.Contains)).Select(n => n.Id));
        }
        return again;
    }

    private static bool HasSucceeded(Dictionary<string, NodeRun> before, string node) =>
        before.TryGetValue(node, out var state) && state.Status is NodeStatus.Succeeded or NodeStatus.Replaced;

    private static PlannedNode Kept(JobRun run, RerunNode node, NodeRun before, List<string> warnings)
    {
        if (node.Revision != before.Revision)
            warnings.Add($"the document of '{node.Id}' has changed since run {run.RunId}; what it wrote is kept");
        var note = before.Status == NodeStatus.Replaced ? "its fallback had succeeded in its place" : null;
        return new(node.Id, before.KeptFrom ?? run.RunId, null, before.Attempts, note);
    }

    private static PlannedNode Planned(
        JobRun run,
        RerunNode node,
        Dictionary<string, NodeRun> before,
        RerunRequest request,
        bool sameParameters,
        List<string> warnings
    )
    {
        if (
            !before.TryGetValue(node.Id, out var state)
            || state is not { ChildRunId: { } id, Status: NodeStatus.Failed or NodeStatus.Cancelled }
        )
            return new(node.Id, null, null, 1, null);
        var committed = request.Committed.GetValueOrDefault(node.Id, []);
        if (sameParameters && state.Revision == node.Revision)
            return new(
                node.Id,
                null,
                id,
                state.Attempts + 1,
                committed.Count == 0
                    ? null
                    : $"{Names(committed)} {(committed.Count == 1 ? "was" : "were")} committed before, and left as {(committed.Count == 1 ? "it is" : "they are")}"
            );
        if (committed.Count > 0)
            warnings.Add(
                $"'{node.Id}' had committed {Names(committed)} in run {run.RunId}, and writes {(committed.Count == 1 ? "it" : "them")} once more, since its {(sameParameters ? "document" : "parameters")} changed; undo that run first if they are appended to"
            );
        return new(node.Id, null, null, 1, null);
    }

    private static bool AreSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(p => other.TryGetValue(p.Key, out var value) && value == p.Value);

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));
}
