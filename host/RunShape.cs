using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>The graph of a run, also of the nodes that have not begun, and how long its job takes: what a picture of it needs beside the run itself.</summary>
/// <param name="Nodes">All nodes, each after those it depends on.</param>
/// <param name="Durations">How long the job's last successful runs took.</param>
internal sealed record RunShape(IReadOnlyList<GraphNode> Nodes, RunDurations Durations)
{
    /// <summary>The shape of a run, by the documents it is pinned to.</summary>
    /// <exception cref="RunException">Its document is not kept any more.</exception>
    public static RunShape Of(HubRoot root, RunHistory history, JobRun run) => new(NodesOf(root, run), history.Durations(run.App, run.Job));

    /// <summary>How much longer a run goes on; null where too little is known.</summary>
    public TimeSpan? Left(JobRun run, DateTimeOffset now) =>
        Sla.PredictEnd(run, Nodes.ToDictionary(n => n.Id, n => n.DependsOn), Durations, now) - now;

    private static IReadOnlyList<GraphNode> NodesOf(HubRoot root, JobRun run)
    {
        var own = run.Documents[0];
        var file = new RevisionStore(root.Storage).Read(own.Address, own.File, own.Revision);
        return run.Kind == RunKind.Job && JobDocument.Read(file.Text, file.Name, new Diagnostics()) is { } job
            ? [.. JobGraph.Of(job).Levels.SelectMany(level => level)]
            : [new GraphNode(run.Job, [])];
    }
}
