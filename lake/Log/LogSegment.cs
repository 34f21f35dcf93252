using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>The files of a log that make up one version: a checkpoint, if there is one, and the commits after it, without a gap.</summary>
internal sealed record LogSegment
{
    public required long Version { get; init; }

    /// <summary>The files of the checkpoint, in the order of its parts; empty when the log is read from its beginning.</summary>
    public required IReadOnlyList<StoredFile> Checkpoint { get; init; }

    public required long CheckpointVersion { get; init; }

    /// <summary>The file that made the version: its commit, or its checkpoint if that is all that is left.</summary>
    public required StoredFile Last { get; init; }

    /// <summary>Picks the files of a version out of a listing of the log.</summary>
    /// <param name="table">The table's path, for errors.</param>
    /// <param name="files">The log's files, from the version on that a checkpoint was said to have, or all.</param>
    /// <param name="version">The version wanted; null for the newest.</param>
    /// <param name="isThere">Whether a commit that is not listed is there: a listing made while others commit may have a later one and lack it.</param>
    /// <exception cref="LakeException">A commit is missing, or the version is not there.</exception>
    public static LogSegment Select(string table, IReadOnlyList<StoredFile> files, long? version, Func<long, bool> isThere)
    {
        var named = files
            .Select(file => (File: file, Name: LogFileName.Parse(file.Name)))
            .Where(entry => entry.Name is { } name && !(name.Version > version))
            .Select(entry => (entry.File, Name: entry.Name!.Value))
            .ToList();
        var checkpoint = Newest(named.Where(entry => entry.Name.IsCheckpoint));
        var start = checkpoint.Count == 0 ? -1 : checkpoint[0].Name.Version;
        var commits = named
            .Where(entry => !entry.Name.IsCheckpoint && entry.Name.Version > start)
            .OrderBy(entry => entry.Name.Version)
            .ToList();
        var expected = start;
        foreach (var (_, name) in commits)
        {
            for (expected++; expected < name.Version; expected++)
            {
                if (!isThere(expected))
                    throw Missing(table, expected);
            }
        }
        if (version is { } wanted && expected != wanted)
            throw Unavailable(table, files, wanted);
        var last = named.Where(entry => entry.Name.Version == expected).OrderBy(entry => entry.Name.IsCheckpoint).First().File;
        return new()
        {
            Version = expected,
            Last = last,
            Checkpoint = [.. checkpoint.Select(entry => entry.File)],
            CheckpointVersion = start,
        };
    }

    /// <summary>Whether all files of a checkpoint of a version are there.</summary>
    public static bool HasCheckpoint(IReadOnlyList<StoredFile> files, long version) =>
        Newest(
            files
                .Select(file => (File: file, Name: LogFileName.Parse(file.Name)))
                .Where(entry => entry.Name is { IsCheckpoint: true } name && name.Version == version)
                .Select(entry => (entry.File, entry.Name!.Value))
        ).Count > 0;

    private static List<(StoredFile File, LogFileName Name)> Newest(IEnumerable<(StoredFile File, LogFileName Name)> checkpoints) =>
        checkpoints
            .GroupBy(entry => (entry.Name.Version, entry.Name.Parts, Single: entry.Name.Parts is null ? entry.File.Name : ""))
            .Where(group => group.Key.Parts is null || group.Count() == group.Key.Parts)
            .OrderByDescending(group => group.Key.Version)
            .Select(group => group.OrderBy(entry => entry.Name.Part).ToList())
            .FirstOrDefault()
        ?? [];

    private static LakeException Missing(string table, long version) =>
        new(
            table,
            $"the commit is missing, so what follows it cannot be read. Restore it from a backup; do not delete files of {LogFileName.Folder} by hand.",
            version,
            $"{LogFileName.Folder}/{LogFileName.Commit(version)}"
        );

    private static LakeException Unavailable(string table, IReadOnlyList<StoredFile> files, long wanted)
    {
        var versions = files.Select(file => LogFileName.Parse(file.Name)).OfType<LogFileName>().Select(name => name.Version).ToList();
        var newest = versions.DefaultIfEmpty(-1).Max();
        return wanted > newest
            ? new(table, $"there is no version {wanted}; the newest is {newest}.")
            : new(table, $"version {wanted} can no longer be read; its part of the log is gone.", wanted);
    }
}
