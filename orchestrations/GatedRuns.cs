using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations;

/// <summary>The runs of jobs as admission asks and tells them.</summary>
internal sealed class GatedRuns(JobHub hub) : IGatedRuns
{
    public async Task<RunPresence> Find(string runId, CancellationToken ct) =>
        await hub.Client.Find(runId, ct) switch
        {
            null => RunPresence.Unknown,
            { HasEnded: true } => RunPresence.Ended,
            _ => RunPresence.Open,
        };

    public Task Admit(string runId, CancellationToken ct) => hub.Client.RaiseEvent(runId, JobEvents.Admitted, true, ct);

    public Task Cancel(string runId, CancellationToken ct) =>
        hub.Client.RaiseEvent(runId, JobEvents.Cancel, new CancelRequest("a newer run of the job", Stop: true), ct);
}
