namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>Finds nodes that wait for each other.</summary>
internal static class JobCycles
{
    /// <summary>
    /// A shortest circle of each group of nodes that wait for each other, in the order of the document: each node depends on the next, the last on the first.
    /// A dependency on itself, and on what is no node, is left out.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<JobNode>> Find(IReadOnlyList<JobNode> nodes)
    {
        var byId = nodes.GroupBy(n => n.Id).ToDictionary(g => g.Key, g => g.First());
        var cycles = new List<IReadOnlyList<JobNode>>();
        var named = new HashSet<string>();
        foreach (var node in Remaining(nodes, byId))
        {
            if (named.Contains(node.Id) || Back(node, byId) is not { } cycle)
                continue;
            cycles.Add(cycle);
            // What waits for each other is told once.
            named.UnionWith(Reach(node, byId).Where(id => Reach(byId[id], byId).Contains(node.Id)));
        }
        return cycles;
    }

    /// <summary>The nodes that are left when those are taken away whose dependencies are all taken away: in a circle, or below one.</summary>
    private static IEnumerable<JobNode> Remaining(IReadOnlyList<JobNode> nodes, Dictionary<string, JobNode> byId)
    {
        var gone = new HashSet<string>();
        var below = nodes.SelectMany(n => Above(n, byId).Select(a => (a.Id, Node: n))).ToLookup(p => p.Id, p => p.Node);
        var waiting = nodes.GroupBy(n => n.Id).ToDictionary(g => g.Key, g => Above(g.First(), byId).Count());
        var free = new Stack<string>(waiting.Where(w => w.Value == 0).Select(w => w.Key));
        while (free.TryPop(out var id))
            if (gone.Add(id))
                foreach (var node in below[id])
                    if (--waiting[node.Id] == 0)
                        free.Push(node.Id);
        return nodes.Where(n => !gone.Contains(n.Id));
    }

    /// <summary>A shortest way from a node back to itself; null when there is none.</summary>
    private static List<JobNode>? Back(JobNode start, Dictionary<string, JobNode> byId)
    {
        var from = new Dictionary<string, JobNode>();
        var open = new Queue<JobNode>([start]);
        while (open.TryDequeue(out var node))
            foreach (var above in Above(node, byId))
                if (above == start)
                    return Way(node, start, from);
                else if (from.TryAdd(above.Id, node))
                    open.Enqueue(above);
        return null;
    }

    private static List<JobNode> Way(JobNode last, JobNode start, Dictionary<string, JobNode> from)
    {
        var way = new List<JobNode> { last };
        while (way[^1] != start)
            way.Add(from[way[^1].Id]);
        way.Reverse();
        return way;
    }

    private static HashSet<string> Reach(JobNode start, Dictionary<string, JobNode> byId)
    {
        var reached = new HashSet<string> { start.Id };
        var open = new Stack<JobNode>([start]);
        while (open.TryPop(out var node))
            foreach (var above in Above(node, byId).Where(a => reached.Add(a.Id)))
                open.Push(above);
        return reached;
    }

    private static IEnumerable<JobNode> Above(JobNode node, Dictionary<string, JobNode> byId) =>
        node.DependsOn.Where(d => d != node.Id).Select(d => byId.GetValueOrDefault(d)).OfType<JobNode>();
}
