using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Notifications;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations;

/// <summary>
/// What a hub does by itself, again and again: starts what is due, makes up for what a dead process left, warns of runs that are late, and sees to it
/// that the history is folded and tables are looked after. All of it is written down in the storage, so any number of hosts may do it, by a loop or by a timer.
/// </summary>
public sealed class HubWatch
{
    private readonly JobHub hub;
    private readonly JobStarter starter;
    private readonly FileArrivals files;
    private readonly TableChanges tables;
    private readonly Chores chores;

    /// <summary>Makes it.</summary>
    public HubWatch(JobHub hub)
    {
        this.hub = hub;
        starter = new JobStarter(hub);
        Documents = new DocumentStarts(hub.Root);
        Schedules = new Schedules(hub.Root.Storage, starter.StartOrRefuse, hub.Time);
        files = new FileArrivals(hub.Root, starter.StartOrRefuse, Warn, hub.Time);
        tables = new TableChanges(hub.Root.Storage, starter.StartOrRefuse, hub.Time);
        chores = new Chores(hub.Logger);
    }

    /// <summary>What the documents say of when they run.</summary>
    public DocumentStarts Documents { get; }

    /// <summary>The schedules.</summary>
    public Schedules Schedules { get; }

    /// <summary>Starts what is due: by schedules, files and tables. To be called about every second.</summary>
    public async Task StartDue(CancellationToken ct)
    {
        await chores.Do("schedules", async () => await Schedules.Fire(Documents.Schedules(), ct));
        foreach (var watch in Documents.Files())
            await chores.Do($"files of {watch.Document}", async () => await files.Look(watch, ct));
        foreach (var watch in Documents.Tables())
            await chores.Do($"tables of {watch.Document}", async () => await tables.Look(watch, ct));
    }

    /// <summary>
    /// Makes up for what was left, warns of what is late, and starts the orchestrations of maintenance if they are not there. To be called when a host
    /// starts, and about every minute.
    /// </summary>
    public async Task Maintain(CancellationToken ct)
    {
        await MakeUp(ct);
        var now = hub.Time.GetUtcNow();
        await chores.Do("maintenance", () => LookAfter(FoldOrchestrator.Name, now, ct));
        await chores.Do("maintenance", () => LookAfter(MaintenanceOrchestrator.Name, MaintenanceOrchestrator.NextNight(now), ct));
    }

    /// <summary>What a command does of it that ends soon, so that the history can be seen where there is never a server: it starts nothing that goes on.</summary>
    public async Task CatchUp(CancellationToken ct)
    {
        await MakeUp(ct);
        var fold = new HistoryFold(hub.Root, hub.Documents, hub.Time);
        await chores.Do("history", () => Task.Run(() => fold.Run(ct), ct));
    }

    private async Task MakeUp(CancellationToken ct)
    {
        await chores.Do("admission", () => hub.Admission.Sweep(ct));
        await chores.Do("runs that were never started", () => StartForgotten(ct));
        await chores.Do("SLAs", () => WatchSlas(ct));
        foreach (var watch in Documents.Files())
            await chores.Do($"late files of {watch.Document}", () => files.Tell(watch, ct));
        await chores.Do("how runs stand", () => Task.Run(Measure, ct));
    }

    /// <summary>Starts an orchestration that goes on for ever, also when it has ended: one that this program cannot go on with begins anew.</summary>
    private async Task LookAfter(string name, DateTimeOffset due, CancellationToken ct)
    {
        switch (await hub.Client.Find(name, ct))
        {
            case { HasEnded: false }:
                return;
            case { HasEnded: true }:
                await hub.Client.Terminate(name, "begun anew", ct);
                await hub.Client.Purge(name, ct);
                break;
        }
        await hub.Client.Start(name, name, new MaintenanceInput(due), ct);
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
        if (hub.Pinned.Of(run.RunId).Job is { } job)
            await Tell(JobNotice.Of(run, occasion, hub), job.Notifications, ct);
    }

    /// <returns>Whether everybody was told who is to be told.</returns>
    private Task<bool> Warn(ArrivalAlert alert, CancellationToken ct)
    {
        Logs.Arrival(hub.Logger, alert.Watch.Document.ToString(), alert.Message);
        return Tell(JobNotice.Of(alert, hub), alert.Watch.Notifications, ct);
    }

    private async Task<bool> Tell(Notification notification, IReadOnlyList<JobNotification> targets, CancellationToken ct)
    {
        var failed = (await hub.Notifier.Send(notification, targets, ct)).Where(d => !d.IsDelivered).ToArray();
        foreach (var delivery in failed)
            if (notification.RunId is { } runId)
                Logs.NotTold(hub.Logger, runId, delivery.To, delivery.Error!);
            else
                Logs.Arrival(
                    hub.Logger,
                    $"{notification.App}/{notification.Layer}/{notification.Job}",
                    $"{delivery.To} could not be told: {delivery.Error}"
                );
        return failed.Length == 0;
    }
}
