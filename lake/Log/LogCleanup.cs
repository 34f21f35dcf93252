using System.Globalization;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>Deletes commits and checkpoints that are older than a table keeps them: the protocol's metadata cleanup.</summary>
internal sealed class LogCleanup(ILakeStorage storage, string table, TimeProvider time)
{
    private static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(30);

    private readonly string _folder = $"{table}/{LogFileName.Folder}";

    /// <summary>Deletes what no version needs that is younger than the retention; the oldest of those begins with a checkpoint.</summary>
    public void Run(TableMetadata metadata)
    {
        if (string.Equals(metadata.Property("delta.enableExpiredLogCleanup"), "false", StringComparison.OrdinalIgnoreCase))
            return;
        DeleteLog(metadata);
        new SidecarCleanup(storage, table, time).Run();
    }

    private void DeleteLog(TableMetadata metadata)
    {
        var files = storage.List(_folder);
        if (OldestKept(files, Retention.Of(metadata, "delta.logRetentionDuration") ?? DefaultRetention) is not { } kept)
            return;
        // Checkpoints that hide commits from clients which cannot read them stay until all of those go.
        if (kept < ProtectedBefore(metadata))
            return;
        // The oldest first, and checkpoints last: whatever is left when this is interrupted, is a log.
        foreach (var file in files.Where(file => Version(file.Name) < kept).OrderBy(IsCheckpoint))
            storage.Delete(file.Path);
    }

    /// <summary>The version of the newest checkpoint that is not newer than the last commit before the retention; null if there is none.</summary>
    private long? OldestKept(IReadOnlyList<StoredFile> files, TimeSpan retention)
    {
        var cutOff = new DateTimeOffset((time.GetUtcNow() - retention).UtcDateTime.Date, TimeSpan.Zero);
        var expired = files
            .Select(file => (Name: LogFileName.Parse(file.Name), file.Modified))
            .Where(file => file.Name is { IsCheckpoint: false })
            // A clock that went back does not make a commit older than the ones before it.
            .TakeWhile(file => file.Modified <= cutOff)
            .Select(file => file.Name!.Value.Version)
            .ToList();
        return expired.Count > 0 && LogSegment.Select(table, files, expired[^1], _ => true).CheckpointVersion is >= 0 and var checkpoint
            ? checkpoint
            : null;
    }

    /// <summary>The protocol's <c>checkpointProtection</c>: 0 if the table does not have it.</summary>
    private static long ProtectedBefore(TableMetadata metadata) =>
        long.TryParse(metadata.Property("delta.requireCheckpointProtectionBeforeVersion"), NumberStyles.None, null, out var version)
            ? version
            : 0;

    private static bool IsCheckpoint(StoredFile file) => LogFileName.Parse(file.Name) is { IsCheckpoint: true };

    /// <summary>The version of a commit, a checkpoint, a checksum, or of the first commit in a compacted log; null for other files.</summary>
    private static long? Version(string name) =>
        name.Split('.') is [{ Length: 20 } digits, "json" or "checkpoint" or "crc" or { Length: 20 }, ..]
        && long.TryParse(digits, out var version)
            ? version
            : null;
}
