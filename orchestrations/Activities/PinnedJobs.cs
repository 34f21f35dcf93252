using System.Collections.Concurrent;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>The runs that go on in this process, each read once however many nodes it has.</summary>
public sealed class PinnedJobs(HubRoot root, RunDocuments documents)
{
    private readonly ConcurrentDictionary<string, PinnedJob> known = new(StringComparer.Ordinal);

    /// <summary>A run with its documents.</summary>
    /// <exception cref="RunException">There is no document of the run, or one of its revisions is not kept.</exception>
    public PinnedJob Of(string runId) => known.GetOrAdd(runId, Read);

    /// <summary>Forgets a run that has ended.</summary>
    public void Forget(string runId) => known.TryRemove(runId, out _);

    private PinnedJob Read(string runId) =>
        PinnedJob.Read(root, documents.Find(runId) ?? throw new RunException($"there is no document of run {runId}", "start it again"));
}
