using System.Text.Json.Nodes;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// Deletes files that are in no version of a table which may still be read. It looks at one folder at a time, so a table may have any
/// number of files; when it is interrupted, what is left is there the next time.
/// </summary>
internal sealed class Vacuum(
    ILakeStorage storage,
    string table,
    TimeProvider time,
    TableLog log,
    Func<Snapshot> read,
    VacuumOptions options
)
{
    private static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(7);

    /// <summary>The files that <see cref="Run"/> would delete, one after the other.</summary>
    public IEnumerable<StoredFile> Find(CancellationToken ct)
    {
        var snapshot = Checked(read());
        return Find(snapshot, CutOff(snapshot), ct).SelectMany(folder => folder.Files);
    }

    public VacuumResult Run(CancellationToken ct)
    {
        var snapshot = Checked(read());
        var cutOff = CutOff(snapshot);
        var (count, size) = (0L, 0L);
        foreach (var file in Find(snapshot, cutOff, ct).SelectMany(folder => folder.Files))
            (count, size) = (count + 1, size + file.Size);
        Commit(Start(snapshot, count, size), ct);
        var result = new VacuumResult(0, 0, 0, 0, 0);
        try
        {
            foreach (var (folder, files) in Find(snapshot, cutOff, ct))
            {
                foreach (var file in files)
                {
                    ct.ThrowIfCancellationRequested();
                    storage.Delete(file.Path);
                    result = result with { FilesDeleted = result.FilesDeleted + 1, BytesDeleted = result.BytesDeleted + file.Size };
                }
                result = result with
                {
                    FoldersVisited = result.FoldersVisited + 1,
                    FoldersDeleted = result.FoldersDeleted + (IsInner(folder) && storage.DeleteFolder(folder, cutOff) ? 1 : 0),
                };
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            Commit(End("FAILED", result), CancellationToken.None);
            throw;
        }
        return result with { Version = Commit(End("COMPLETED", result), ct) };
    }

    /// <summary>
    /// The unused files of each folder. The folder is listed first and the log read then, so that a file which was committed in between is
    /// seen to be used.
    /// </summary>
    private IEnumerable<(string Folder, IReadOnlyList<StoredFile> Files)> Find(
        Snapshot snapshot,
        DateTimeOffset cutOff,
        CancellationToken ct
    )
    {
        var used = Used(snapshot, cutOff);
        foreach (
            var (folder, files) in new TableFolders(
                storage,
                table,
                [.. snapshot.PartitionFields.Select(field => field.PhysicalName)]
            ).Walk()
        )
        {
            ct.ThrowIfCancellationRequested();
            List<StoredFile> old = [.. files.Where(file => file.Modified < cutOff && !used.Contains(file))];
            if (old.Count > 0 && log.Find(null)?.Version != used.Version)
                used = Used(read(), cutOff);
            yield return (folder, [.. old.Where(file => !used.Contains(file))]);
        }
    }

    private UsedFiles Used(Snapshot snapshot, DateTimeOffset cutOff)
    {
        var used = new UsedFiles(storage, table, snapshot, cutOff);
        used.AddStored(log.SidecarPaths());
        if (options.OlderThan > TableRetention(snapshot))
        {
            foreach (var commit in log.Commits().Where(commit => commit.Timestamp >= cutOff))
                used.AddRemoved(log.ReadCommit(commit.Version), cutOff);
        }
        return used;
    }

    /// <summary>A client that does not know all that writers must may not know which files a table needs.</summary>
    private Snapshot Checked(Snapshot snapshot)
    {
        WriteTarget.RequireWritable(table, snapshot, onlyAppends: true);
        if (options.OlderThan < TableRetention(snapshot) && !options.Force)
            throw new LakeException(
                table,
                $"files are kept for {Days(TableRetention(snapshot))} (delta.deletedFileRetentionDuration), since who reads an older version, or is writing "
                    + $"one now, needs them; {Days(options.OlderThan.Value)} is less. Force it if nobody does.",
                snapshot.Version
            );
        return snapshot;
    }

    /// <summary>Files are dated by the storage's clock, and tombstones by their writers': of that clock and ours, the one that is behind counts.</summary>
    private DateTimeOffset CutOff(Snapshot snapshot)
    {
        var probe = $"{table}/{LogFileName.Folder}/.{Guid.NewGuid():N}.tmp";
        var now = time.GetUtcNow();
        try
        {
            storage.WriteIfAbsent(probe, default);
            if (storage.Find(probe)?.Modified is { } there && there < now)
                now = there;
        }
        finally
        {
            storage.Delete(probe);
        }
        return now - (options.OlderThan ?? TableRetention(snapshot));
    }

    private static TimeSpan TableRetention(Snapshot snapshot) =>
        Retention.Of(snapshot.Metadata, "delta.deletedFileRetentionDuration") ?? DefaultRetention;

    private Operation Start(Snapshot snapshot, long files, long size)
    {
        var parameters = new JsonObject
        {
            ["retentionCheckEnabled"] = !options.Force,
            ["defaultRetentionMillis"] = (long)TableRetention(snapshot).TotalMilliseconds,
        };
        if (options.OlderThan is { } specified)
            parameters["specifiedRetentionMillis"] = (long)specified.TotalMilliseconds;
        return new("VACUUM START")
        {
            Parameters = parameters,
            Metrics = [("numFilesToDelete", files), ("sizeOfDataToDelete", size)],
            IsBlindAppend = true,
            ChangesRows = false,
        };
    }

    private static Operation End(string status, VacuumResult result) =>
        new("VACUUM END")
        {
            Parameters = new() { ["status"] = status },
            Metrics = [("numDeletedFiles", result.FilesDeleted), ("numVacuumedDirectories", result.FoldersVisited)],
            IsBlindAppend = true,
            ChangesRows = false,
        };

    private long Commit(Operation operation, CancellationToken ct)
    {
        using var write = new RepeatableWrite(() => Stage(operation));
        return write.Commit(ct) switch
        {
            CommitResult.Committed committed => committed.Version,
            CommitResult.Conflicted conflict => throw new LakeException(
                table,
                $"'{operation.Name}' could not be committed: {conflict.Reason}.",
                conflict.Version
            ),
            var other => throw new InvalidOperationException($"Maintenance ended as {other}."),
        };
    }

    private StagedWrite Stage(Operation operation)
    {
        var snapshot = read();
        var change = new StagedChange
        {
            Before = snapshot,
            Reads = ReadSet.Nothing,
            Metadata = snapshot.Metadata,
            MetadataChanges = false,
            Protocol = snapshot.Protocol,
            ProtocolChanges = false,
            Removed = [],
            Added = [],
            Operation = operation,
            Metrics = new(),
        };
        return new(storage, table, time, CommitOptions.OfMaintenance(options.CommitInfo), null, change);
    }

    private bool IsInner(string folder) => folder != table && !folder.Contains($"{LogFileName.Folder}", StringComparison.Ordinal);

    private static string Days(TimeSpan time) => time.TotalDays == 1 ? "1 day" : FormattableString.Invariant($"{time.TotalDays:0.##} days");
}
