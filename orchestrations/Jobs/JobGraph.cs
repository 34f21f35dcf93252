using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>What a job's progress has to know of a node.</summary>
/// <param name="Id">Its name, unique within the graph.</param>
/// <param name="DependsOn">The nodes that must have ended before it begins.</param>
/// <param name="OnFailure">What happens when it has failed for good.</param>
public sealed record GraphNode(string Id, IReadOnlyList<string> DependsOn, FailureAction OnFailure = FailureAction.Halt)
{
    /// <summary>What it is.</summary>
    public NodeKind Kind { get; init; }

    /// <summary>How it is tried again; null when it is not.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Whether it takes a place of <see cref="JobGraph.MaxParallel"/> while it runs.</summary>
    public bool TakesSlot => Kind != NodeKind.Approval;
}

/// <summary>The nodes of a job and what depends on what: a graph without cycles.</summary>
public sealed class JobGraph
{
    private readonly Dictionary<string, int> indices;
    private readonly int[][] dependants;

    /// <summary>A graph of nodes.</summary>
    /// <param name="nodes">The nodes, in the order in which those that could start together do.</param>
    /// <param name="maxParallel">How many run at a time at most; null for any number.</param>
    /// <exception cref="ArgumentException">A name comes twice, depends on no node, or on itself in a circle.</exception>
    public JobGraph(IReadOnlyList<GraphNode> nodes, int? maxParallel = null)
    {
        Nodes = nodes;
        MaxParallel = maxParallel;
        indices = nodes.Select((n, i) => (n.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        var below = nodes.Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < nodes.Count; i++)
            foreach (var name in nodes[i].DependsOn)
                if (indices.TryGetValue(name, out var above))
                    below[above].Add(i);
                else
                    throw new ArgumentException($"'{nodes[i].Id}' depends on '{name}', which is no node.", nameof(nodes));
        dependants = [.. below.Select(b => b.ToArray())];
        Levels = FindLevels();
    }

    /// <summary>The nodes, in the order of the document.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>How many nodes run at a time at most; null for any number.</summary>
    public int? MaxParallel { get; }

    /// <summary>The nodes by how many stand above them at most: the first depend on nothing, each other depends on one of the level before.</summary>
    public IReadOnlyList<IReadOnlyList<GraphNode>> Levels { get; }

    /// <summary>The graph of a job that was found valid.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static JobGraph Of(JobDocument job) =>
        new([.. job.Nodes.Select(n => new GraphNode(n.Id, n.DependsOn, n.OnFailure) { Kind = n.Kind, Retry = n.Retry })], job.MaxParallel);

    internal int IndexOf(string node) =>
        indices.TryGetValue(node, out var i) ? i : throw new KeyNotFoundException($"The job has no node '{node}'.");

    /// <summary>The nodes that depend on a node directly.</summary>
    internal IReadOnlyList<int> DependantsOf(int node) => dependants[node];

    private List<List<GraphNode>> FindLevels()
    {
        var waiting = Nodes.Select(n => n.DependsOn.Count).ToArray();
        var levels = new List<List<GraphNode>>();
        var level = Enumerable.Range(0, Nodes.Count).Where(i => waiting[i] == 0).ToList();
        while (level.Count > 0)
        {
            levels.Add([.. level.Select(i => Nodes[i])]);
            level = [.. level.SelectMany(i => dependants[i]).Where(i => --waiting[i] == 0).Order()];
        }
        return levels.Sum(l => l.Count) == Nodes.Count ? levels : throw new ArgumentException("Nodes depend on each other in a circle.");
    }
}
