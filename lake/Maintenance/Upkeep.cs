using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// What keeps a table small that nobody looks after: small files are put together where a partition has many, files are deleted that no version needs
/// which may still be read, and the log is cut to what the table keeps. The table's properties say what it does not want.
/// </summary>
internal sealed class Upkeep(
    ILakeStorage storage,
    string table,
    TimeProvider time,
    Connection connection,
    Vacuum vacuum,
    IReadOnlyDictionary<string, string> commitInfo
)
{
    /// <summary>Whether files that no version needs are deleted; no client but this one knows it.</summary>
    public const string VacuumProperty = "hub.autoVacuum";

    /// <summary>Does what is due.</summary>
    /// <param name="now">The table.</param>
    /// <param name="enter">As of <see cref="Optimization"/>.</param>
    /// <param name="ct">Ends it; what is done stays done.</param>
    public UpkeepResult Run(Snapshot now, Func<(IDisposable? Turn, Snapshot Now)> enter, CancellationToken ct)
    {
        var optimized = IsRefused(now.Metadata, AutoCompaction.Property) ? null : Optimize(now, enter, ct);
        var vacuumed = IsRefused(now.Metadata, VacuumProperty) || !vacuum.Find(ct).Any() ? null : vacuum.Run(ct);
        // A table that is not written to any more makes no checkpoint after which this would be done.
        new LogCleanup(storage, table, time).Run(now.Metadata);
        return new(optimized, vacuumed);
    }

    private OptimizeResult? Optimize(Snapshot now, Func<(IDisposable? Turn, Snapshot Now)> enter, CancellationToken ct)
    {
        List<DataFile> files = [.. AutoCompaction.Crowded(now).SelectMany(partition => partition)];
        var options = new OptimizeOptions { CommitInfo = commitInfo };
        return files.Count == 0
            ? null
            : new Optimization(storage, table, time, connection, options) { IsAutomatic = true }.Run(now, files, enter, ct);
    }

    private static bool IsRefused(TableMetadata metadata, string property) =>
        string.Equals(metadata.Property(property), "false", StringComparison.OrdinalIgnoreCase);
}
