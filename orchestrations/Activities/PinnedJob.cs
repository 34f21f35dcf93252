using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>A run with the documents it is pinned to. It stays as it is while the run goes on, so one object serves all its activities in a process.</summary>
/// <param name="Run">The run as it was accepted.</param>
/// <param name="Job">The job's document; null where a pipeline was started alone.</param>
/// <param name="Values">The job's parameters.</param>
public sealed record PinnedJob(JobRun Run, JobDocument? Job, ParameterValues Values)
{
    private IReadOnlyDictionary<string, JobNode> Nodes { get; } = Job?.Nodes.ToDictionary(n => n.Id) ?? new Dictionary<string, JobNode>();

    /// <summary>The graph; a pipeline alone is a graph of one node.</summary>
    public JobGraph Graph { get; } = Job is null ? new JobGraph([new GraphNode(Run.Job, [])]) : JobGraph.Of(Job);

    /// <summary>Who is told of it.</summary>
    public bool HasNotifications => Job is { Notifications.Count: > 0 };

    /// <summary>A node's declaration; null for the one node of a pipeline alone.</summary>
    public JobNode? Node(string id) => Nodes.GetValueOrDefault(id);

    /// <summary>Reads a run's pinned documents.</summary>
    /// <exception cref="RunException">There is no such run, or a document of it is not kept.</exception>
    public static PinnedJob Read(HubRoot root, JobRun run)
    {
        if (run.Kind != RunKind.Job)
            return new PinnedJob(run, null, ParameterValues.None);
        var file = new RevisionStore(root.Storage).Read(
            new DocumentAddress(run.App, run.Layer, run.Job),
            run.Documents.First(d => d.Revision == run.Revision).File,
            run.Revision
        );
        var findings = new Diagnostics();
        if (JobDocument.Read(file.Text, file.Name, findings) is not { IsSound: true } job)
            throw new InvalidDocumentException(findings);
        return new PinnedJob(run, job, JobParameters.Of(job.Parameters, file.Address, run.Parameters, run.RunId, run.Queued, findings));
    }

    /// <summary>The document that a node, or its fallback, runs.</summary>
    /// <exception cref="RunException">It is not kept.</exception>
    public DocumentFile Document(HubRoot root, string node, bool isFallback)
    {
        var pinned = Run.Documents.First(d => d.Node == node && d.IsFallback == isFallback);
        return new RevisionStore(root.Storage).Read(pinned.Address, pinned.File, pinned.Revision);
    }
}
