using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>Whether the nodes of a job are a graph: each name is there once, and nothing waits for itself.</summary>
internal static class JobGraphCheck
{
    /// <summary>Reports what keeps them from being one.</summary>
    public static void Check(JobDocument job, Diagnostics findings)
    {
        CheckNames(job.Nodes, findings);
        CheckDependencies(job.Nodes, job.NodeIds, findings);
    }

    /// <summary>The nodes that stand above a node, directly or not.</summary>
    public static HashSet<string> Upstream(JobNode node, IReadOnlyList<JobNode> nodes)
    {
        var byId = nodes.GroupBy(n => n.Id).ToDictionary(g => g.Key, g => g.First());
        var above = new HashSet<string>();
        var open = new Stack<string>(node.DependsOn);
        while (open.TryPop(out var id))
            if (byId.TryGetValue(id, out var found) && id != node.Id && above.Add(id))
                foreach (var name in found.DependsOn)
                    open.Push(name);
        return above;
    }

    /// <summary>Names of nodes name files and, in conditions, tables of the engine: both without regard to case.</summary>
    private static void CheckNames(IReadOnlyList<JobNode> nodes, Diagnostics findings)
    {
        var taken = new Dictionary<string, JobNode>(StringComparer.OrdinalIgnoreCase);
        foreach (var node in nodes)
            if (!taken.TryAdd(node.Id, node))
                findings.Add(
                    Rule.DuplicateName,
                    node.Element.LocationOf("id"),
                    $"a node '{taken[node.Id].Id}' is already there in line {taken[node.Id].Location.Line}",
                    node.Kind == NodeKind.Approval
                        ? "give one of them another id"
                        : $"give one of them another id, and say what it runs with {(node.Kind == NodeKind.Job ? "job" : "pipeline")}=\"{node.Target}\""
                );
        foreach (var node in nodes.Where(n => n.Fallback is not null && taken.ContainsKey($"{n.Id}.fallback")))
            findings.Add(
                Rule.DuplicateName,
                taken[$"{node.Id}.fallback"].Element.LocationOf("id"),
                $"'{node.Id}.fallback' is what the fallback of '{node.Id}' is called",
                "give it another id"
            );
    }

    private static void CheckDependencies(IReadOnlyList<JobNode> nodes, IReadOnlySet<string> ids, Diagnostics findings)
    {
        foreach (var node in nodes)
        foreach (var name in node.DependsOn)
            if (name == node.Id)
                findings.Add(
                    Rule.DependencyCycle,
                    node.LocationOfDependency(name),
                    $"'{name}' depends on itself",
                    "remove it from dependsOn"
                );
            else if (!ids.Contains(name))
                findings.Add(
                    Rule.UnknownNode,
                    node.LocationOfDependency(name),
                    $"'{node.Id}' depends on '{name}', which is no node of this job",
                    NearestName.Hint(name, ids.Where(i => i != node.Id)) ?? "nodes: " + string.Join(", ", ids.Where(i => i != node.Id))
                );
        foreach (var cycle in JobCycles.Find(nodes))
        {
            var edges = cycle.Select((n, i) => (Node: n, Next: cycle[(i + 1) % cycle.Count]));
            findings.Add(
                Rule.DependencyCycle,
                cycle[0].LocationOfDependency(cycle[1].Id),
                $"nodes wait for each other in a circle: {string.Join(" → ", cycle.Append(cycle[0]).Select(n => n.Id))} "
                    + $"({string.Join(", ", edges.Select(e => $"{e.Node.Id} depends on {e.Next.Id} in line {e.Node.LocationOfDependency(e.Next.Id).Line}"))})",
                "remove one of these dependencies"
            );
        }
    }
}
