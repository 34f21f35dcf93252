using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>How a node fails in a simulation.</summary>
/// <param name="Attempts">How many attempts fail in a way that may pass; null for the first one failing for good.</param>
public sealed record SimulatedFailure(int? Attempts = null);

/// <summary>What a simulation supposes; whatever it does not name succeeds, and every approval is given.</summary>
/// <param name="Failures">The nodes that fail; the fallback of a node <c>a</c> is <c>a.fallback</c>.</param>
/// <param name="LeftOut">The nodes whose condition is not true.</param>
public sealed record Suppositions(IReadOnlyDictionary<string, SimulatedFailure> Failures, IReadOnlySet<string> LeftOut);

/// <summary>An attempt at a node in a simulation.</summary>
/// <param name="Round">When it begins: what begins at the same time has the same round, from 1.</param>
/// <param name="Node">The node.</param>
/// <param name="Attempt">Which attempt it is, from 1.</param>
/// <param name="IsFallback">Whether it is the fallback that runs in its place.</param>
/// <param name="Result">How it ends.</param>
public sealed record SimulatedStep(int Round, string Node, int Attempt, bool IsFallback, NodeResult Result);

/// <summary>Where a node stands at the end of a simulation.</summary>
/// <param name="Node">The node.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Cause">The node because of which it was skipped or not started; null for none.</param>
public sealed record SimulatedEnd(string Node, NodeStatus Status, string? Cause);

/// <summary>
/// What a job would do: the same decisions as in a run, with every attempt taking one round, and the next attempt following in the next one.
/// </summary>
/// <param name="Steps">The attempts, in the order in which they begin.</param>
/// <param name="Nodes">How each node ends, in the order of the document.</param>
/// <param name="Ending">How the job ends.</param>
public sealed record JobSimulation(IReadOnlyList<SimulatedStep> Steps, IReadOnlyList<SimulatedEnd> Nodes, JobStatus Ending)
{
    /// <summary>Runs a job through.</summary>
    /// <param name="graph">The job.</param>
    /// <param name="suppositions">What is supposed.</param>
    public static JobSimulation Of(JobGraph graph, Suppositions suppositions)
    {
        var progress = JobProgress.Begin(graph);
        var steps = new List<SimulatedStep>();
        for (var round = 1; progress.Ending is null; round++)
        {
            var begun = progress
                .Next()
                .Select(s => new SimulatedStep(round, s.Node, s.Attempt, s.IsFallback, ResultOf(s, suppositions)))
                .ToList();
            steps.AddRange(begun);
            foreach (var step in begun)
                if (progress.Ended(step.Node, step.Result) is not null)
                    progress.Retry(step.Node);
        }
        return new JobSimulation(
            steps,
            [.. graph.Nodes.Select(n => new SimulatedEnd(n.Id, progress.StatusOf(n.Id), progress.CauseOf(n.Id)))],
            progress.Ending!.Value
        );
    }

    private static NodeResult ResultOf(NodeStart start, Suppositions suppositions)
    {
        if (!start.IsFallback && suppositions.LeftOut.Contains(start.Node))
            return NodeResult.LeftOut;
        if (!suppositions.Failures.TryGetValue(start.IsFallback ? start.Node + ".fallback" : start.Node, out var failure))
            return NodeResult.Succeeded;
        return failure.Attempts is not { } failing ? NodeResult.Failed
            : start.Attempt <= failing ? NodeResult.FailedTransiently
            : NodeResult.Succeeded;
    }
}
