using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>What maintenance calls: each activity may be done again, and does no harm then.</summary>
public sealed class MaintenanceActivities
{
    /// <summary>Puts what has ended into the history's tables.</summary>
    public const string Fold = "maintenance.fold";

    /// <summary>Deletes what is not needed any more, and tells which tables there are.</summary>
    public const string Begin = "maintenance.begin";

    /// <summary>Does what is due for a table.</summary>
    public const string Tend = "maintenance.tend";

    private static readonly Dictionary<string, string> CommitInfo = new() { ["userName"] = "hub maintenance" };

    private readonly JobHub hub;
    private readonly Chores chores;
    private readonly HistoryFold fold;
    private readonly IdempotencyKeys keys;

    private MaintenanceActivities(JobHub hub)
    {
        this.hub = hub;
        chores = new Chores(hub.Logger);
        fold = new HistoryFold(hub.Root, hub.Documents, hub.Time);
        keys = new IdempotencyKeys(hub.Root.Storage, hub.Time);
    }

    internal static DurableTasks AddTo(DurableTasks tasks, JobHub hub)
    {
        var activities = new MaintenanceActivities(hub);
        return tasks
            .AddOrchestrator<MaintenanceInput, bool>(FoldOrchestrator.Name, FoldOrchestrator.Run)
            .AddOrchestrator<MaintenanceInput, bool>(MaintenanceOrchestrator.Name, MaintenanceOrchestrator.Run)
            .AddActivity<MaintenanceInput, bool>(Fold, (call, _) => activities.FoldHistory(call.Cancellation))
            .AddActivity<MaintenanceInput, MaintenanceRound>(Begin, (call, _) => activities.BeginRound(call.Cancellation))
            .AddActivity<string, bool>(Tend, (call, table) => activities.TendTable(table, call.Cancellation));
    }

    private Task<bool> FoldHistory(CancellationToken ct) => chores.Do("history", () => Task.Run(() => fold.Run(ct), ct));

    private async Task<MaintenanceRound> BeginRound(CancellationToken ct)
    {
        if (!hub.Options.TendsTables)
            return new MaintenanceRound(false, []);
        await chores.Do("idempotency keys", () => Task.Run(keys.Sweep, ct));
        var tables = await Task.Run(() => DeltaTable.FindTables(hub.Root.Storage, "data/applications").ToList(), ct);
        return new MaintenanceRound(true, [.. tables, .. hub.Root.HistoryTables().Select(table => table.Folder)]);
    }

    private async Task<bool> TendTable(string folder, CancellationToken ct)
    {
        // As much memory as a pipeline may take, so it takes the place of one, and only while no fresh run wants it.
        using var slot = await hub.Slots.Take(folder, RunLane.Backfill, ct);
        return await chores.Do($"table {NameOf(folder)}", () => Task.Run(() => TendNow(folder, ct), ct));
    }

    private void TendNow(string folder, CancellationToken ct)
    {
        var options = hub.Options.ForOne;
        using var engine = new QueryEngine(hub.Root, options.MemoryLimitBytes, options.Threads);
        var (optimized, vacuumed) = new DeltaTable(hub.Root.Storage, folder, hub.Time).Upkeep(engine.Connection, CommitInfo, ct);
        if (optimized is { Commits: > 0 })
            Logs.Optimized(hub.Logger, NameOf(folder), optimized.FilesRemoved, optimized.FilesAdded);
        if (vacuumed is not null)
            Logs.Vacuumed(hub.Logger, NameOf(folder), vacuumed.FilesDeleted, vacuumed.BytesDeleted);
    }

    private static string NameOf(string folder) => TableName.OfFolder(folder)?.ToString() ?? folder;
}
