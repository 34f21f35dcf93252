using System.Collections.Concurrent;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations;

/// <summary>
/// What a hub does by itself, again and again: starts what is due, makes up for what a dead process left, folds the history, and warns of runs that are
/// late. All of it is written down in the storage, so any number of hosts may do it, by a loop or by a timer.
/// </summary>
public sealed class HubWatch
{
    private readonly JobHub hub;
    private readonly JobStarter starter;
    private readonly FileArrivals files;
    private readonly TableChanges tables;
    private readonly HistoryFold fold;
    private readonly ConcurrentDictionary<string, string> failures = new(StringComparer.Ordinal);

    /// <summary>Makes it.</summary>
    public HubWatch(JobHub hub)
    {
        this.hub = hub;
        starter = new JobStarter(hub);
        Documents = new DocumentStarts(hub.Root);
        Schedules = new Schedules(hub.Root.Storage, starter.StartOrRefuse, hub.Time);
        files = new FileArrivals(hub.Root, starter.StartOrRefuse, Warn, hub.Time);
        tables = new TableChanges(hub.Root.Storage, starter.StartOrRefuse, hub.Time);
        fold = new HistoryFold(hub.Root, hub.Documents, hub.Time);
    }

    /// <summary>What the documents say of when they run.</summary>
    public DocumentStarts Documents { get; }

    /// <summary>The schedules.</summary>
    public Schedules Schedules { get; }

    /// <summary>Starts what is due: by schedules, files and tables. To be called about every second.</summary>
    public async Task StartDue(CancellationToken ct)
    {
        await Try("schedules", async () => await Schedules.Fire(Documents.Schedules(), ct));
        foreach (var watch in Documents.Files())
            await Try($"files of {watch.Document}", async () => await files.Look(watch, ct));
        foreach (var watch in Documents.Tables())
            await Try($"tables of {watch.Document}", async () => await tables.Look(watch, ct));
    }

    /// <summary>Makes up for what was left, warns of what is late, and folds what has ended. To be called when a host starts, and about every minute.</summary>
    public async Task Maintain(CancellationToken ct)
    {
        await Try("admission", () => hub.Admission.Sweep(ct));
        await Try("runs that were never started", () => StartForgotten(ct));
        await Try("SLAs", () => WatchSlas(ct));
        await Try("how runs stand", () => Task.Run(Measure, ct));
        await Try("history", () => Task.Run(() => fold.Run(ct), ct));
    }

    /// <summary>Starts the orchestrations of runs whose document was written by a process that died before it started them.</summary>
    private async Task StartForgotten(CancellationToken ct)
    {
        foreach (var run in hub.Documents.List().Runs.Where(r => r.Status == JobStatus.Queued && r.ParentRunId is null))
            if (hub.Time.GetUtcNow() - run.Queued > Admission.LongestStart && await hub.Client.Find(run.RunId, ct) is null)
                await starter.Start(run, ct);
    }

    private async Task WatchSlas(CancellationToken ct)
    {
        var now = hub.Time.GetUtcNow();
        foreach (var listed in hub.Documents.List().Runs.Where(r => r is { HasEnded: false, Due: not null }))
        {
            var run = hub.Documents.Find(listed.RunId) ?? listed;
            if (Sla.StatusOf(run, now) == SlaStatus.Missed)
                await Tell(run, Occasion.Sla, ct);
            else if (Sla.WillMiss(run, DependsOn(run.RunId), hub.History.Durations(run.App, run.Job, ct), now))
                await Tell(run, Occasion.SlaPredicted, ct);
        }
    }

    private void Measure()
    {
        var open = hub.Documents.List().Runs.Where(r => !r.HasEnded);
        JobTelemetry.Stand(
            [.. open.Select(r => r.Status == JobStatus.Running ? hub.Documents.Find(r.RunId) ?? r : r)],
            hub.Time.GetUtcNow()
        );
    }

    private Dictionary<string, IReadOnlyList<string>> DependsOn(string runId) =>
        hub.Pinned.Of(runId).Graph.Nodes.ToDictionary(n => n.Id, n => n.DependsOn);

    private async Task Tell(JobRun run, Occasion occasion, CancellationToken ct)
    {
        if (hub.Pinned.Of(run.RunId).Job is not { Notifications.Count: > 0 } job)
            return;
        foreach (
            var failed in (await hub.Notifier.Send(JobNotice.Of(run, occasion, hub), job.Notifications, ct)).Where(d => !d.IsDelivered)
        )
            Logs.NotTold(hub.Logger, run.RunId, failed.To, failed.Error!);
    }

    private Task Warn(ArrivalAlert alert, CancellationToken ct)
    {
        Logs.Arrival(hub.Logger, alert.Watch.Document.ToString(), alert.Message);
        return Task.CompletedTask;
    }

    /// <summary>Does one thing; what goes wrong with it is told once, and keeps nothing else from being done.</summary>
    private async Task Try(string what, Func<Task> work)
    {
        try
        {
            await work();
            failures.TryRemove(what, out _);
        }
        catch (Exception e)
            when (e is RunException or LakeException or IOException or UnauthorizedAccessException or InvalidDocumentException)
        {
            JobTelemetry.WatchFailed(what);
            if (!failures.TryGetValue(what, out var told) || told != e.Message)
                Logs.WatchFailed(hub.Logger, what, e.Message);
            failures[what] = e.Message;
        }
    }
}
