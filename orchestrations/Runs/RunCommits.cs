using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>What a run committed to a table, and what others committed after it, as the table's own log has it.</summary>
internal sealed class RunCommits
{
    // What puts files together or deletes unused ones changes no rows; it carries the name of the run that it came after.
    private static readonly HashSet<string?> Maintenance = ["OPTIMIZE", "VACUUM START", "VACUUM END"];

    private readonly DeltaTable table;
    private readonly Snapshot now;
    private readonly IReadOnlyList<TableVersion> own;
    private readonly IReadOnlyList<TableVersion> later;

    private RunCommits(DeltaTable table, Snapshot now, IReadOnlyList<TableVersion> own, IReadOnlyList<TableVersion> later) =>
        (this.table, this.now, this.own, this.later) = (table, now, own, later);

    /// <summary>The ids of the runs that committed.</summary>
    public IEnumerable<string> RunIds => own.Select(RunOf).OfType<string>();

    /// <summary>The commits of runs to a table; null if they made none.</summary>
    public static RunCommits? Find(DeltaTable table, IReadOnlySet<string> runIds)
    {
        // A commit that comes after this is found by the restoring, which was worked out from this version.
        var now = table.TryRead()!;
        var changes = table.History().Where(v => v.Version <= now.Version && !Maintenance.Contains(v.Operation)).Reverse().ToArray();
        var own = changes.Where(v => RunOf(v) is { } id && runIds.Contains(id)).ToArray();
        return own.Length == 0
            ? null
            : new(table, now, own, InForce(changes.Where(v => v.Version > own[0].Version).Except(own), own[^1].Version));
    }

    /// <summary>The changes without those that a restoring has made void, and without that restoring.</summary>
    /// <param name="changes">Changes in their order.</param>
    /// <param name="since">The version that a restoring must not have gone behind.</param>
    private static List<TableVersion> InForce(IEnumerable<TableVersion> changes, long since)
    {
        var inForce = new List<TableVersion>();
        foreach (var change in changes)
            if (
                change.Operation == "RESTORE"
                && long.TryParse(change.Parameters.GetValueOrDefault("version"), out var version)
                && version >= since
            )
                inForce.RemoveAll(c => c.Version > version);
            else
                inForce.Add(change);
        return inForce;
    }

    /// <summary>Why the table cannot be what it was before; null if it can, or is already.</summary>
    /// <param name="token">By what the table knows that the run was undone.</param>
    public string? WhyNot(string token) =>
        IsDone(token) || later.Count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"table {TableName.OfFolder(table.Path)?.ToString() ?? table.Path} was changed after it, by {string.Join(", ", later.Select(Describe))}"
            );

    /// <summary>What undoing does to the table.</summary>
    /// <param name="token">By what the table knows that the run was undone.</param>
    public TableUndo Undo(string token) =>
        new(
            table.Path,
            [.. own.Select(v => v.Version)],
            now.Version,
            own[0].Version == 0 ? null : own[0].Version - 1,
            own[0].Timestamp,
            IsDone(token)
        );

    private bool IsDone(string token) => now.TransactionVersion(token) is not null;

    private static string? RunOf(TableVersion version) => version.Info["runId"]?.ToString();

    private static string Describe(TableVersion version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(RunOf(version) is { } id ? $"run {id}" : version.Operation ?? "another writer")} (version {version.Version}, {version.Timestamp:yyyy-MM-dd HH:mm:ss}Z)"
        );
}
