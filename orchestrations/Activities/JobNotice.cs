using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Notifications;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>What is told of a run, or of what should start one.</summary>
internal static class JobNotice
{
    /// <summary>The notification of something that happened to a run.</summary>
    public static Notification Of(JobRun run, Occasion kind, JobHub hub) =>
        new()
        {
            Id = Notification.IdOf(run.RunId, kind),
            Kind = kind,
            App = run.App,
            Layer = run.Layer,
            Job = run.Job,
            RunId = run.RunId,
            Status = run.Status.ToString(),
            When = run.Ended ?? hub.Time.GetUtcNow(),
            Seconds = run.Seconds,
            Due = run.Due,
            Error = run.Error?.Message,
            Hint = run.Error?.Hint,
            Fingerprint = run.Error?.Fingerprint,
            FailedNodes = [.. run.Nodes.Where(n => n.Status == NodeStatus.Failed).Select(n => n.Node)],
            Link = hub.Options.Address is { } address ? new Uri(address, $"runs/{run.RunId}") : null,
        };

    /// <summary>The notification of something that is wrong with the files that should start a document.</summary>
    public static Notification Of(ArrivalAlert alert, JobHub hub) =>
        new()
        {
            Id = alert.Id,
            Kind = alert.Kind == ArrivalAlertKind.Late ? Occasion.FileLate : Occasion.FilePartial,
            App = alert.Watch.Document.App,
            Layer = alert.Watch.Document.Layer,
            Job = alert.Watch.Document.Id,
            When = hub.Time.GetUtcNow(),
            Error = alert.Message,
            Hint = alert.Hint,
        };
}
