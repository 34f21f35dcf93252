namespace ServerlessHub.Orchestrations.Runs;

/// <summary>The nodes that decide how long a job takes: each waits for the one before it, and no other chain takes longer. To make the job quicker, make one of them quicker.</summary>
/// <param name="Nodes">The nodes in their order.</param>
/// <param name="Duration">How long they take one after the other, as <see cref="Sla.Typical"/> has it for each.</param>
public sealed record CriticalPath(IReadOnlyList<string> Nodes, TimeSpan Duration)
{
    /// <summary>The critical path of a job by its last successful runs; null where one of its nodes has not run often enough.</summary>
    /// <param name="dependsOn">All nodes of the job, each with those it waits for; no node waits for itself, however indirectly.</param>
    /// <param name="history">How long the last successful runs took.</param>
    public static CriticalPath? Of(IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn, RunDurations history)
    {
        var ends = new Dictionary<string, (double Seconds, string? Before)>();
        if (dependsOn.Count == 0 || dependsOn.Keys.Any(node => Sla.Typical(history.Nodes.GetValueOrDefault(node, [])) is null))
            return null;
        var last = dependsOn.Keys.MaxBy(node => End(node).Seconds)!;
        var nodes = new List<string>();
        for (var node = last; node is not null; node = ends[node].Before)
            nodes.Insert(0, node);
        return new(nodes, TimeSpan.FromSeconds(ends[last].Seconds));

        (double Seconds, string? Before) End(string node)
        {
            if (ends.TryGetValue(node, out var known))
                return known;
            var before = dependsOn[node].MaxBy(other => End(other).Seconds);
            var seconds = Sla.Typical(history.Nodes[node])!.Value;
            return ends[node] = (seconds + (before is null ? 0 : End(before).Seconds), before);
        }
    }
}
