using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>The log of one table: finds the files of a version and replays them.</summary>
internal sealed class TableLog(ILakeStorage storage, string table)
{
    /// <summary>How many commits after a version that is known are read rather than a newer checkpoint.</summary>
    private const int FarBehind = 50;

    private readonly string _folder = $"{table}/{LogFileName.Folder}";

    /// <summary>The files of a version, or null if there is no table.</summary>
    /// <param name="version">The version wanted; null for the newest.</param>
    /// <exception cref="LakeException">The log has a gap, or the version is not there.</exception>
    public LogSegment? Find(long? version)
    {
        if (ReadHint() is { } hint && !(hint > version))
        {
            var recent = storage.List(_folder, LogFileName.First(hint));
            if (LogSegment.HasCheckpoint(recent, hint))
                return LogSegment.Select(table, recent, version, IsThere);
        }
        var all = storage.List(_folder);
        return all.Any(file => LogFileName.Parse(file.Name) is not null) ? LogSegment.Select(table, all, version, IsThere) : null;
    }

    /// <summary>A version of the table, or null if there is no table.</summary>
    /// <param name="version">The version wanted; null for the newest.</param>
    /// <param name="known">An earlier version that spares work, if it is of the same log; or null.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="LakeException">The log has a gap or is damaged, or the version is not there.</exception>
    public Snapshot? Read(long? version, Snapshot? known, CancellationToken ct)
    {
        if (known is not null && !(known.Version > version) && After(known, version, ct) is { } reached)
            return reached;
        return Find(version) is { } segment
            ? new Snapshot(storage, table, segment.Version, segment.Last, Replay(segment, known, ct))
            : null;
    }

    /// <summary>
    /// A version after one that is known, by asking for one commit after the other: that takes as long, however long the log is. Null if the
    /// log must be listed: the known version is not of this log any more, or is far behind, or a commit that must be there is not.
    /// </summary>
    private Snapshot? After(Snapshot known, long? wanted, CancellationToken ct)
    {
        if (ReadHint() is var hint && hint > known.Version + FarBehind || !IsOfThisLog(known))
            return null;
        var (state, version) = (known.State, known.Version);
        while (version != wanted && TryReadCommit(version + 1) is { } actions)
        {
            ct.ThrowIfCancellationRequested();
            version++;
            state = state == known.State ? new(state) : state;
            foreach (var action in actions)
                state.Apply(action, version);
        }
        if (version != (wanted ?? version) || hint > version && wanted is null)
            return null;
        if (version == known.Version)
            return known;
        return storage.Find(CommitFile.PathOf(table, version)) is { } source ? new Snapshot(storage, table, version, source, state) : null;
    }

    /// <summary>Replays the files of a version.</summary>
    /// <param name="segment">The files.</param>
    /// <param name="earlier">A snapshot to go on from, if it is of the same log and spares work; or null.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="LakeException">A file is missing or damaged.</exception>
    private TableState Replay(LogSegment segment, Snapshot? earlier, CancellationToken ct)
    {
        var (state, version) = IsUseful(earlier, segment) ? (new TableState(earlier!.State), earlier.Version) : ReadCheckpoint(segment);
        while (version < segment.Version)
        {
            ct.ThrowIfCancellationRequested();
            version++;
            foreach (var action in ReadCommit(version))
                state.Apply(action, version);
        }
        return state;
    }

    /// <summary>The actions of a commit.</summary>
    /// <exception cref="LakeException">It is missing or damaged.</exception>
    public IReadOnlyList<LogAction> ReadCommit(long version) =>
        TryReadCommit(version) ?? throw new LakeException(table, "the commit is missing.", version, CommitName(version));

    /// <summary>The commits that are still there, in order, with the time at which each was made.</summary>
    /// <param name="from">The first version wanted.</param>
    public IReadOnlyList<(long Version, DateTimeOffset Timestamp)> Commits(long from = 0)
    {
        var commits = new List<(long Version, DateTimeOffset Timestamp)>();
        foreach (var file in storage.List(_folder, LogFileName.First(from)))
        {
            if (LogFileName.Parse(file.Name) is not { IsCheckpoint: false } name)
                continue;
            // A listing made while others commit may have this one and lack one before it.
            for (var version = commits.Count == 0 ? name.Version : commits[^1].Version + 1; version < name.Version; version++)
            {
                if (storage.Find(CommitFile.PathOf(table, version)) is { } unlisted)
                    commits.Add((version, unlisted.Modified));
            }
            commits.Add((name.Version, file.Modified));
        }
        return commits;
    }

    /// <summary>The commits from one on, to the first that is not there.</summary>
    /// <exception cref="LakeException">One is damaged.</exception>
    public IEnumerable<(long Version, IReadOnlyList<LogAction> Actions)> ReadFrom(long version)
    {
        for (; TryReadCommit(version) is { } actions; version++)
            yield return (version, actions);
    }

    private bool IsThere(long version) => storage.Find(CommitFile.PathOf(table, version)) is not null;

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

    private bool IsUseful(Snapshot? earlier, LogSegment segment) =>
        earlier is not null && earlier.Version >= segment.CheckpointVersion && earlier.Version <= segment.Version && IsOfThisLog(earlier);

    /// <summary>A table that was deleted and made again has the same versions, but other files.</summary>
    private bool IsOfThisLog(Snapshot earlier) => storage.Find(earlier.Source.Path) == earlier.Source;

    /// <summary>The state to go on from: the checkpoint's or, if it cannot be read and the log still has what is needed, that of one before.</summary>
    private (TableState State, long Version) ReadCheckpoint(LogSegment segment)
    {
        var damaged = new List<LakeException>();
        var passedOver = new HashSet<string>();
        while (true)
        {
            try
            {
                var state = StateOf(segment);
                state.Warnings.AddRange(
                    damaged.Select(error =>
                        $"'{error.File}' is passed over, and more of the log read instead: {error.InnerException?.Message}"
                    )
                );
                return (state, segment.CheckpointVersion);
            }
            catch (LakeException e)
            {
                damaged.Add(e);
                passedOver.UnionWith(segment.Checkpoint.Select(file => file.Path));
                segment = FindWithout(passedOver, segment.Version) ?? throw damaged[0];
            }
        }
    }

    private LogSegment? FindWithout(HashSet<string> passedOver, long version)
    {
        try
        {
            return LogSegment.Select(table, [.. storage.List(_folder).Where(file => !passedOver.Contains(file.Path))], version, IsThere);
        }
        catch (LakeException)
        {
            return null;
        }
    }

    private TableState StateOf(LogSegment segment)
    {
        var state = new TableState();
        if (segment.Checkpoint.Count == 0)
            return state;
        var name = segment.Checkpoint[0].Name;
        try
        {
            foreach (var action in CheckpointActions(segment))
                state.Apply(action, segment.CheckpointVersion);
            return state is { Protocol: not null, Metadata: not null }
                ? state
                : throw new FormatException("It has not both a protocol and a metaData action.");
        }
        catch (Exception e) when (e is EngineException or JsonException or FormatException or FileNotFoundException or LakeException)
        {
            throw new LakeException(
                table,
                $"the checkpoint is damaged or missing, and not all commits that could stand in for it are still there: {e.Message} Restore it from a backup.",
                segment.CheckpointVersion,
                $"{LogFileName.Folder}/{name}",
                e
            );
        }
    }

    private IEnumerable<LogAction> CheckpointActions(LogSegment segment)
    {
        var name = segment.Checkpoint[0].Name;
        var rows = name.EndsWith(".json", StringComparison.Ordinal)
            ? CommitFile.Parse(table, segment.CheckpointVersion, name, storage.Read($"{_folder}/{name}") ?? [])
            : ReadActions(segment.Checkpoint);
        var sidecars = rows.Select(row => row.Sidecar).OfType<Sidecar>().Select(FileOf).ToList();
        return sidecars.Count == 0 ? rows : rows.Concat(ReadActions(sidecars));
    }

    private List<LogAction> ReadActions(IReadOnlyCollection<StoredFile> files)
    {
        using var fetched = storage.Fetch(files);
        return [.. CheckpointFile.Read(fetched.Paths)];
    }

    private StoredFile FileOf(Sidecar sidecar) =>
        new($"{_folder}/{LogFileName.Sidecars}/{FileKey.Decode(sidecar.Path).Split('/')[^1]}", sidecar.SizeInBytes, default);

    /// <summary>The version of the checkpoint that the hint names; a hint that is missing, cannot be read or is not whole is as good as none.</summary>
    public long? ReadHint()
    {
        if (storage.Read($"{_folder}/{LogFileName.LastCheckpoint}") is not { } content)
            return null;
        try
        {
            using var hint = JsonDocument.Parse(content);
            return JsonChecksum.Holds(hint.RootElement) ? hint.Deserialize(LogJson.Default.LastCheckpoint)?.Version : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The paths of the sidecar files that the checkpoints which are there name.</summary>
    /// <exception cref="LakeException">A checkpoint is damaged.</exception>
    public IEnumerable<string> SidecarPaths()
    {
        if (storage.List($"{_folder}/{LogFileName.Sidecars}").Count == 0)
            yield break;
        foreach (var file in storage.List(_folder).Where(file => LogFileName.Parse(file.Name) is { IsCheckpoint: true, Parts: null }))
        {
            foreach (var sidecar in Sidecars(file))
                yield return FileOf(sidecar).Path;
        }
    }

    private IEnumerable<Sidecar> Sidecars(StoredFile checkpoint)
    {
        if (checkpoint.Name.EndsWith(".json", StringComparison.Ordinal))
            return CommitFile
                .Parse(table, LogFileName.Parse(checkpoint.Name)!.Value.Version, checkpoint.Name, storage.Read(checkpoint.Path) ?? [])
                .Select(action => action.Sidecar)
                .OfType<Sidecar>();
        try
        {
            using var fetched = storage.Fetch([checkpoint]);
            return CheckpointFile.ReadSidecars(fetched.Paths[0]);
        }
        catch (EngineException e)
        {
            throw new LakeException(
                table,
                $"the checkpoint is damaged, so it cannot be told which sidecar files it needs: {e.Message} Delete it if there is a newer one.",
                LogFileName.Parse(checkpoint.Name)!.Value.Version,
                $"{LogFileName.Folder}/{checkpoint.Name}",
                e
            );
        }
    }

    private static string CommitName(long version) => $"{LogFileName.Folder}/{LogFileName.Commit(version)}";
}
