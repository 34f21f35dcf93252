using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake;

/// <summary>
/// A Delta table in a storage, whether it is there already or is made by the first write. It holds no file open, and any number of threads
/// and processes may read and write the same one; keep one object for a table that is written often, since it remembers the log.
/// </summary>
public sealed partial class DeltaTable
{
    private readonly ILakeStorage _storage;
    private readonly TimeProvider _time;
    private readonly TableLog _log;

    /// <summary>What the log said last: the next reading needs only the commits since.</summary>
    private volatile Snapshot? _newest;

    /// <summary>Names a table.</summary>
    /// <param name="storage">Where it is.</param>
    /// <param name="path">Its folder, relative to the storage's root, with <c>/</c> between its parts.</param>
    /// <param name="time">The clock for what commits say of themselves; null for the system's.</param>
    public DeltaTable(ILakeStorage storage, string path, TimeProvider? time = null)
    {
        _storage = storage;
        _time = time ?? TimeProvider.System;
        Path = path.Trim('/') is { Length: > 0 } folder ? folder : ".";
        _log = new(storage, Path);
    }

    /// <summary>The table's folder, relative to the storage's root.</summary>
    public string Path { get; }

    /// <summary>
    /// What a closed-in database must be allowed, both as folders and as single paths, in order to write to the table: for the engine a
    /// folder that files are written to is a path of its own, which is made if need be.
    /// </summary>
    public IReadOnlyList<string> AllowedPaths =>
        [.. new[] { _storage.Stage(Path), _storage.Locate(Path) }.SelectMany(ExactPath.Allowed).Distinct()];

    /// <summary>The folders below one that are tables, at any depth, in ordinal order; what is inside of a table is none.</summary>
    /// <exception cref="IOException">The storage cannot be read.</exception>
    public static IEnumerable<string> FindTables(ILakeStorage storage, string root)
    {
        foreach (var folder in storage.Folders(root))
        {
            if (storage.List($"{folder}/{LogFileName.Folder}").Any(file => LogFileName.Parse(file.Name) is not null))
            {
                yield return folder;
                continue;
            }
            foreach (var table in FindTables(storage, folder))
                yield return table;
        }
    }

    /// <summary>Reads the table's log: the newest version, a certain one, or the newest that was there at a time.</summary>
    /// <returns>Null if there is no table.</returns>
    /// <exception cref="ArgumentException">Both a version and a time are given.</exception>
    /// <exception cref="LakeException">
    /// There is no such version, the log is damaged, or the table needs what this version of the hub does not have.
    /// </exception>
    public Snapshot? TryRead(long? version = null, DateTimeOffset? timestamp = null, CancellationToken ct = default)
    {
        if (version is not null && timestamp is not null)
            throw new ArgumentException("Give a version or a time, not both.", nameof(timestamp));
        if (version is { } number)
            ArgumentOutOfRangeException.ThrowIfNegative(number, nameof(version));
        return Guarded(() =>
        {
            if (timestamp is not null && TryRead(ct: ct) is null)
                return null;
            var wanted = timestamp is { } time ? _log.VersionAt(time, _newest!.Metadata) : version;
            var snapshot = _log.Read(wanted, _newest, ct);
            if (wanted is null)
                _newest = snapshot;
            return snapshot;
        });
    }

    /// <summary>The commits that the log still has, newest first. None is told to be older than the one before it, as a clock that went back would have it.</summary>
    /// <param name="limit">How many at most; no others are read.</param>
    /// <exception cref="LakeException">One of them is damaged, the log cannot be read, or there is no table.</exception>
    public IReadOnlyList<TableVersion> History(int limit = int.MaxValue) =>
        Guarded(() =>
        {
            var times = new CommitTimes(_log, (TryRead() ?? throw NoTable()).Metadata);
            var latest = DateTimeOffset.MinValue;
            var versions = new List<TableVersion>();
            var commits = _log.Commits();
            for (var i = 0; i < commits.Count; i++)
            {
                var (version, modified) = commits[i];
                var isWanted = commits.Count - i <= limit;
                var actions = isWanted ? _log.ReadCommit(version) : [];
                latest = times.After(latest, version, modified, actions);
                var info = actions.Select(action => action.CommitInfo).FirstOrDefault(info => info is not null);
                if (isWanted)
                    versions.Add(TableVersion.From(version, latest, info));
            }
            versions.Reverse();
            return versions;
        });

    /// <summary>The commits after a version that the log still has, oldest first; empty if there are none, or no table.</summary>
    /// <param name="version">The version; -1 for all commits. One above the newest is of a table that was made anew: all of its commits are given.</param>
    /// <exception cref="LakeException">A commit is damaged.</exception>
    /// <exception cref="IOException">The storage cannot be read.</exception>
    public IReadOnlyList<TableCommit> CommitsAfter(long version) =>
        Guarded(() =>
        {
            // The oldest commits go first, so that those after one which is there are there too, and need not be listed.
            if (version >= 0 && _storage.Find(CommitFile.PathOf(Path, version)) is not null)
                return [.. _log.ReadFrom(version + 1).Select(commit => TableCommit.From(commit.Version, commit.Actions))];
            var isKnown = version < 0 || _log.Commits(version).Count > 0;
            return _log.Commits(isKnown ? version + 1 : 0)
                .Select(commit => TableCommit.From(commit.Version, _log.ReadCommit(commit.Version)))
                .ToList();
        });

    /// <summary>
    /// A query for the rows that commits changed: the table's columns as they are at the last of them, and <c>_change_type</c> (insert, delete,
    /// update_preimage, update_postimage), <c>_commit_version</c> and <c>_commit_timestamp</c>.
    /// </summary>
    /// <param name="connection">Its database learns what the query needs; null for a query that is shown only.</param>
    /// <param name="from">The first version whose changes are wanted.</param>
    /// <param name="to">The last one; null for the newest.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last version is before the first.</exception>
    /// <exception cref="LakeException">
    /// There is no table, the change feed was not on at each of the versions, one of them is gone, or the schema has changed in between so
    /// that the rows of one cannot be read as those of another.
    /// </exception>
    public SnapshotScan Changes(Connection? connection, long from, long? to = null, CancellationToken ct = default)
    {
        var last = TryRead(to, ct: ct) ?? throw NoTable();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, last.Version);
        var first = TryRead(from, ct: ct) ?? throw NoTable();
        return Guarded(() => new ChangeFeed(Path, _log, first, last).Read(connection, ct));
    }

    /// <summary>As the other, for the commits that were made from one time to another, both included.</summary>
    /// <inheritdoc cref="Changes(Connection?, long, long?, CancellationToken)"/>
    public SnapshotScan Changes(Connection? connection, DateTimeOffset from, DateTimeOffset? to = null, CancellationToken ct = default)
    {
        var last = to is { } end ? TryRead(timestamp: end, ct: ct) : TryRead(ct: ct);
        var first = History().Reverse().FirstOrDefault(version => version.Timestamp >= from);
        return first is null
            ? throw new LakeException(
                Path,
                string.Create(CultureInfo.InvariantCulture, $"it has no version of {from:O} or later."),
                last?.Version
            )
            : Changes(connection, first.Version, last?.Version, ct);
    }

    /// <summary>
    /// Phase 1 of a write: runs the query and writes its rows as data files, durably and unseen. Phase 2 is
    /// <see cref="StagedWrite.Commit"/>. The connection's time zone is set to UTC.
    /// </summary>
    /// <param name="connection">Runs the query, and the merge; it must be allowed to write to the table's folder.</param>
    /// <param name="selectSql">One query; its columns go to the table's columns of the same name.</param>
    /// <param name="options">What to do with the rows.</param>
    /// <param name="ct">Ends it; nothing is left behind.</param>
    /// <exception cref="ArgumentException">The options lack a transaction and progress, or name something in the commit that is taken.</exception>
    /// <exception cref="LakeException">The query does not fit the table, two rows of a merge have one key, or a demanded value is missing.</exception>
    /// <exception cref="EngineException">The query fails, or the files cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public StagedWrite Stage(Connection connection, string selectSql, WriteOptions options, CancellationToken ct = default)
    {
        if (options is { Mode: WriteMode.OverwriteWhere, ReplaceWhere: null })
            throw new ArgumentException("Say in ReplaceWhere which rows are replaced.", nameof(options));
        if (options.Clauses.Count > 0 && (options.Mode != WriteMode.Merge || options.DeleteWhen is not null))
            throw new ArgumentException("Clauses are for a merge, and say themselves what is deleted.", nameof(options));
        var rows = options.Mode == WriteMode.History ? HistoryStaging.Query(selectSql, options, _time.GetUtcNow()) : selectSql;
        return StageFiles(
            connection,
            options,
            before => WriteTarget.Resolve(Path, connection, rows, options, before, _time.GetUtcNow()),
            staging => staging.Stage(rows, options, ct),
            ct
        );
    }

    /// <summary>
    /// Both phases in one, as a <see cref="RepeatableWrite"/>. In this process, writes that replace rows of one table wait for each other
    /// instead.
    /// </summary>
    /// <returns>How it ended, and what it did; conflicted only after all attempts.</returns>
    /// <inheritdoc cref="Stage"/>
    public (CommitResult Result, WriteMetrics Metrics) Write(
        Connection connection,
        string selectSql,
        WriteOptions options,
        CancellationToken ct = default
    )
    {
        using var turn = options.Mode == WriteMode.Append ? null : TableLocks.EnterRewrite(_storage, Path, ct);
        using var write = new RepeatableWrite(() => Stage(connection, selectSql, options, ct)) { IsInTurn = turn is not null };
        return (write.Commit(ct), write.Metrics);
    }

    /// <summary>Works out what is to be written, and writes it; if that fails, nothing is left.</summary>
    private StagedWrite StageFiles(
        Connection connection,
        CommitOptions options,
        Func<Snapshot?, WriteTarget> resolve,
        Func<WriteStaging, StagedChange> stage,
        CancellationToken ct
    ) =>
        Staged(
            options,
            before =>
            {
                RequireUtc(connection);
                var writer = new DataFileWriter(_storage, Path);
                try
                {
                    var change = stage(new(Path, _time, connection, writer, resolve(before)));
                    return new(_storage, Path, _time, options, writer, change)
                    {
                        Compaction = new(_storage, Path, _time, connection, now => TryRead(ct: now)),
                    };
                }
                catch
                {
                    writer.DeleteAll();
                    throw;
                }
            },
            ct
        );

    /// <summary>Stages a change, unless it was committed before.</summary>
    private StagedWrite Staged(CommitOptions options, Func<Snapshot?, StagedWrite> stage, CancellationToken ct)
    {
        if (options.TransactionId.Length == 0 && options.Progress.Count == 0)
            throw new ArgumentException("A write is known again by its transaction, or by its progress.", nameof(options));
        CommitInfo.RequireFree(options.CommitInfo.Keys);
        var before = TryRead(ct: ct);
        if (ProgressCheck.Against(before, options.Progress) is { } reached)
            return new(_storage, Path, _time, options, reached);
        if (before?.TransactionVersion(options.TransactionId) >= options.TransactionVersion)
        {
            var done = new CommitResult.AlreadyCommitted(before.State.Transactions[options.TransactionId].TableVersion);
            return new(_storage, Path, _time, options, done);
        }
        return Guarded(() => stage(before));
    }

    private LakeException NoTable() => new(Path, "there is no table here.");

    /// <summary>Instants would be read and written as local times otherwise.</summary>
    private void RequireUtc(Connection connection)
    {
        try
        {
            using (var zone = connection.Query("SELECT current_setting('TimeZone')"))
            {
                if (zone.Scalar<string>() is "UTC" or "Etc/UTC")
                    return;
            }
            connection.Execute("SET TimeZone = 'UTC'");
        }
        catch (EngineException e)
        {
            throw new LakeException(Path, $"the connection's time zone is not UTC and cannot be set: {e.Message}", cause: e);
        }
    }

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LakeException(Path, $"the storage failed: {e.Message}", cause: e);
        }
    }
}
