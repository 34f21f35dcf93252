using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations;

/// <summary>
/// The trace of a run, from what triggered it to its commits. It is named by the run's id, so that whatever host does a part of it, before or after a
/// crash, adds to the same trace, and whoever has the id of a run finds its trace. All logs of the part carry the run's id.
/// </summary>
internal static class RunTrace
{
    private const string RunTag = "hub.run.id";

    private static readonly ActivitySource Source = new(JobTelemetry.Name);

    /// <summary>The trace of a run, and in it the span that all others stand below: the W3C identifiers are the first bytes of the id's SHA-256.</summary>
    public static ActivityContext Of(string runId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(runId)).AsSpan();
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash[..16]),
            ActivitySpanId.CreateFromBytes(hash[16..24]),
            ActivityTraceFlags.Recorded,
            isRemote: true
        );
    }

    /// <summary>Does a part of a run.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="runId">The run.</param>
    /// <param name="part">The part's name.</param>
    /// <param name="work">Does it.</param>
    public static async Task<T> Within<T>(JobHub hub, string runId, string part, Func<Task<T>> work)
    {
        using var scope = Logs.InRun(hub.Logger, runId);
        using var span = Source.StartActivity(part, ActivityKind.Internal, Of(runId))?.SetTag(RunTag, runId);
        return await work();
    }

    /// <summary>Starts the trace of a run where it is triggered, linked to the trace of whoever triggers it, such as a request's.</summary>
    /// <returns>The span; null where nobody traces.</returns>
    public static Activity? Trigger(string runId, RunTrigger trigger)
    {
        ActivityLink[] links = Activity.Current is { } cause ? [new(cause.Context)] : [];
        return Source
            .StartActivity("trigger", ActivityKind.Producer, Of(runId), links: links)
            ?.SetTag(RunTag, runId)
            .SetTag("hub.trigger", trigger.Kind.ToString().ToLowerInvariant())
            .SetTag("hub.trigger.by", trigger.By);
    }

    /// <summary>Writes the span of a whole run that has ended.</summary>
    public static void Ended(JobRun run)
    {
        using var span = Source.StartActivity(
            $"{run.App}/{run.Layer}/{run.Job}",
            ActivityKind.Internal,
            Of(run.RunId),
            startTime: run.Queued
        );
        span?.SetTag(RunTag, run.RunId).SetTag("hub.status", run.Status.ToString()).SetEndTime(run.Ended!.Value.UtcDateTime);
        if (run.Status is JobStatus.Failed)
            span?.SetStatus(ActivityStatusCode.Error, run.Error?.Message);
    }
}
