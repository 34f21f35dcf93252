using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake;

// What keeps a table fast and small, and changes none of its rows.
public sealed partial class DeltaTable
{
    /// <summary>
    /// Writes small files, and those with many deleted rows, anew as larger ones; or, if columns are named, files whose rows lie together
    /// by these columns. A commit is made for every few gigabytes. It is in the way of nobody who adds rows; of two who rewrite the same
    /// file, the second to commit begins again. In this process both wait for each other.
    /// </summary>
    /// <param name="connection">Reads and writes the files; it must be allowed to write to the table's folder.</param>
    /// <param name="options">Which files, and how.</param>
    /// <param name="ct">Ends it; what is committed stays.</param>
    /// <exception cref="ArgumentException">The options name something in the commit that is taken.</exception>
    /// <exception cref="LakeException">
    /// There is no table, it cannot be written to, its rows cannot be clustered by one of the columns, or the condition is none on the
    /// partition columns.
    /// </exception>
    /// <exception cref="EngineException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public OptimizeResult Optimize(Connection connection, OptimizeOptions options, CancellationToken ct = default)
    {
        CommitInfo.RequireFree(options.CommitInfo.Keys);
        return Guarded(() =>
        {
            RequireUtc(connection);
            return new Optimization(_storage, Path, _time, connection, options).Run(
                TryRead(ct: ct) ?? throw NoTable(),
                () => EnterRewrite(ct),
                ct
            );
        });
    }

    /// <summary>The files that <see cref="Vacuum"/> would delete now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="LakeException">As <see cref="Vacuum"/>, also while the files are looked for.</exception>
    public IEnumerable<StoredFile> FindUnusedFiles(VacuumOptions options, CancellationToken ct = default)
    {
        using var files = Guarded(() => Vacuuming(options, ct).Find(ct).GetEnumerator());
        while (Guarded(files.MoveNext))
            yield return files.Current;
    }

    /// <summary>
    /// Deletes the files of the table's folders that no version needs which may still be read: data files, deletion vectors and changes
    /// that were taken out of the table, or never became part of it; and folders that have been empty as long. The log stays as it is,
    /// and so does what is hidden. Interrupted, it is simply done again.
    /// </summary>
    /// <exception cref="ArgumentException">The time is negative, or the options name something in the commit that is taken.</exception>
    /// <exception cref="LakeException">
    /// There is no table, it needs of writers what this version does not have, files would be deleted earlier than its property allows,
    /// or the storage fails.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is deleted stays so.</exception>
    public VacuumResult Vacuum(VacuumOptions options, CancellationToken ct = default) => Guarded(() => Vacuuming(options, ct).Run(ct));

    /// <summary>
    /// Does what is due for a table that nobody looks after: puts small files together where a partition has as many as <c>delta.autoOptimize.autoCompact</c>
    /// would wait for, deletes what <see cref="Vacuum"/> would delete, and the part of the log that is older than <c>delta.logRetentionDuration</c>. The
    /// first is left out where that property is false, the second where <c>hub.autoVacuum</c>, the third where <c>delta.enableExpiredLogCleanup</c> is.
    /// Interrupted, it is simply done again.
    /// </summary>
    /// <param name="connection">Reads and writes the files; it must be allowed to write to the table's folder.</param>
    /// <param name="commitInfo">What else the log is to say of each commit, as in <see cref="CommitOptions.CommitInfo"/>.</param>
    /// <param name="ct">Ends it; what is done stays done.</param>
    /// <exception cref="ArgumentException">Something in the commit is named that is taken.</exception>
    /// <exception cref="LakeException">There is no table, it needs of writers what this version does not have, or the storage fails.</exception>
    /// <exception cref="EngineException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public UpkeepResult Upkeep(Connection connection, IReadOnlyDictionary<string, string> commitInfo, CancellationToken ct = default)
    {
        CommitInfo.RequireFree(commitInfo.Keys);
        return Guarded(() =>
        {
            RequireUtc(connection);
            var now = TryRead(ct: ct) ?? throw NoTable();
            WriteTarget.RequireWritable(Path, now, onlyAppends: true);
            var vacuum = Vacuuming(new VacuumOptions { CommitInfo = commitInfo }, ct);
            return new Upkeep(_storage, Path, _time, connection, vacuum, commitInfo).Run(now, () => EnterRewrite(ct), ct);
        });
    }

    private Vacuum Vacuuming(VacuumOptions options, CancellationToken ct)
    {
        if (options.OlderThan is { } time)
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(options));
        CommitInfo.RequireFree(options.CommitInfo.Keys);
        return new(_storage, Path, _time, _log, () => TryRead(ct: ct) ?? throw NoTable(), options);
    }

    private (IDisposable? Turn, Snapshot Now) EnterRewrite(CancellationToken ct)
    {
        var turn = TableLocks.EnterRewrite(_storage, Path, ct);
        try
        {
            return (turn, TryRead(ct: ct) ?? throw NoTable());
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }
}
