using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>The log of one table: finds the files of a version and replays them.</summary>
internal sealed class TableLog(ILakeStorage storage, string table)
{
    private readonly string _folder = $"{table}/{LogFileName.Folder}";

    /// <summary>The files of a version, or null if there is no table.</summary>
    /// <param name="version">The version wanted; null for the newest.</param>
    /// <exception cref="LakeException">The log has a gap, or the version is not there.</exception>
    public LogSegment? Find(long? version)
    {
        if (ReadHint() is { } hint && !(hint > version))
        {
            var recent = storage.List(_folder, LogFileName.First(hint));
            if (recent.Any(file => LogFileName.Parse(file.Name) is { IsCheckpoint: true } name && name.Version == hint))
                return LogSegment.Select(table, recent, version);
        }
        var all = storage.List(_folder);
        return all.Any(file => LogFileName.Parse(file.Name) is not null) ? LogSegment.Select(table, all, version) : null;
    }

    /// <summary>Replays the files of a version.</summary>
    /// <param name="segment">The files.</param>
    /// <param name="earlier">A snapshot to go on from, if it is of the same log and spares work; or null.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="LakeException">A file is missing or damaged.</exception>
    public TableState Replay(LogSegment segment, Snapshot? earlier, CancellationToken ct)
    {
        var start = IsUseful(earlier, segment) ? earlier : null;
        var state = new TableState(start?.State);
        if (start is null)
        {
            foreach (var action in ReadCheckpoint(segment))
                state.Apply(action, segment.CheckpointVersion);
        }
        for (var version = (start?.Version ?? segment.CheckpointVersion) + 1; version <= segment.Version; version++)
        {
            ct.ThrowIfCancellationRequested();
            foreach (var action in ReadCommit(version))
                state.Apply(action, version);
        }
        return state;
    }

    /// <summary>The actions of a commit.</summary>
    /// <exception cref="LakeException">It is missing or damaged.</exception>
    public IReadOnlyList<LogAction> ReadCommit(long version) =>
        TryReadCommit(version) ?? throw new LakeException(table, "the commit is missing.", version, CommitName(version));

    /// <summary>All commits that are still there, in order, with the time at which each was made.</summary>
    public IReadOnlyList<(long Version, DateTimeOffset Timestamp)> Commits()
    {
        var commits = new List<(long Version, DateTimeOffset Timestamp)>();
        foreach (var file in storage.List(_folder))
        {
            if (LogFileName.Parse(file.Name) is { IsCheckpoint: false } name)
                commits.Add((name.Version, file.Modified));
        }
        return commits;
    }

    /// <summary>The newest version that was there at a time.</summary>
    /// <param name="timestamp">The time.</param>
    /// <param name="metadata">What the table says now of the times of its commits.</param>
    /// <exception cref="LakeException">The table is younger.</exception>
    public long? VersionAt(DateTimeOffset timestamp, TableMetadata metadata)
    {
        var commits = Commits();
        var times = new CommitTimes(this, metadata);
        if (times.VersionAt(commits, timestamp) is { } found)
            return found;
        if (commits.Count == 0)
            return null;
        var first = commits[0];
        throw new LakeException(
            table,
            string.Create(
                CultureInfo.InvariantCulture,
                $"there is no version as old as {timestamp:O}; the oldest one that can be read is {first.Version}, of {times.Of(first.Version, first.Timestamp):O}."
            )
        );
    }

    /// <summary>The actions of a commit, or null if it is not there.</summary>
    /// <exception cref="LakeException">It is damaged.</exception>
    public IReadOnlyList<LogAction>? TryReadCommit(long version) => CommitFile.TryRead(storage, table, version);

    /// <summary>A table that was deleted and made again has the same versions, but other files.</summary>
    private bool IsUseful(Snapshot? earlier, LogSegment segment) =>
        earlier is not null
        && earlier.Version >= segment.CheckpointVersion
        && earlier.Version <= segment.Version
        && storage.Find(earlier.Source.Path) == earlier.Source;

    private IEnumerable<LogAction> ReadCheckpoint(LogSegment segment)
    {
        if (segment.Checkpoint.Count == 0)
            return [];
        var name = segment.Checkpoint[0].Name;
        try
        {
            var rows = name.EndsWith(".json", StringComparison.Ordinal)
                ? CommitFile.Parse(table, segment.CheckpointVersion, name, storage.Read($"{_folder}/{name}") ?? [])
                : ReadActions(segment.Checkpoint);
            var sidecars = rows.Select(row => row.Sidecar).OfType<Sidecar>().Select(FileOf).ToList();
            return sidecars.Count == 0 ? rows : rows.Concat(ReadActions(sidecars));
        }
        catch (Exception e) when (e is EngineException or JsonException or FileNotFoundException)
        {
            throw new LakeException(
                table,
                $"the checkpoint is damaged or missing: {e.Message} Restore it from a backup, or delete it if all commits from 0 on are still there.",
                segment.CheckpointVersion,
                $"{LogFileName.Folder}/{name}",
                e
            );
        }
    }

    private List<LogAction> ReadActions(IReadOnlyCollection<StoredFile> files)
    {
        using var fetched = storage.Fetch(files);
        return [.. CheckpointFile.Read(fetched.Paths)];
    }

    private StoredFile FileOf(Sidecar sidecar) =>
        new($"{_folder}/_sidecars/{FileKey.Decode(sidecar.Path).Split('/')[^1]}", sidecar.SizeInBytes, default);

    /// <summary>The version of the checkpoint that the hint names; a hint that is missing or cannot be read is as good as none.</summary>
    public long? ReadHint()
    {
        if (storage.Read($"{_folder}/{LogFileName.LastCheckpoint}") is not { } content)
            return null;
        try
        {
            return JsonSerializer.Deserialize(content, LogJson.Default.LastCheckpoint)?.Version;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string CommitName(long version) => $"{LogFileName.Folder}/{LogFileName.Commit(version)}";
}
