using System.Text.Json.Nodes;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>
/// Puts a commit at the end of a log: looks at each commit that came since the version the write was made on, and takes the first free
/// version, unless one of them is in the way.
/// </summary>
internal sealed class CommitLoop(ILakeStorage storage, string table, TimeProvider time)
{
    /// <summary>How often others may be faster until a writer gives up.</summary>
    private const int MaxLost = 1000;

    /// <summary>Whether a commit may be in the log, or come to be there, although it cannot be told now: its files must stay.</summary>
    public bool IsOutcomeOpen { get; private set; }

    /// <summary>Commits.</summary>
    /// <param name="commit">The actions; the <c>txnId</c> of the <c>commitInfo</c> tells the commit from any other.</param>
    /// <param name="readVersion">The version on which the write was made; -1 if there was no table.</param>
    /// <param name="reads">What the write depends on.</param>
    /// <param name="progress">The steps that nobody else may have taken.</param>
    /// <param name="saysWhen">Whether the commit itself says when it was made, later than the one before.</param>
    /// <param name="rowIds">What numbers the commit's rows; null if they get no numbers.</param>
    /// <param name="ct">Ends the attempts; once the commit is made, it stays.</param>
    /// <exception cref="LakeException">The storage failed.</exception>
    public CommitResult Run(
        IReadOnlyList<LogAction> commit,
        long readVersion,
        ReadSet reads,
        IReadOnlyList<TransactionProgress> progress,
        bool saysWhen,
        RowIds? rowIds,
        CancellationToken ct
    )
    {
        var own = commit
            .Select(action => action.Txn)
            .OfType<SetTransaction>()
            .SingleOrDefault(txn => progress.All(step => step.Id != txn.AppId));
        var id = CommitId(commit) ?? throw new ArgumentException("A commit needs a txnId.", nameof(commit));
        var content = saysWhen || rowIds is not null ? null : CommitFile.Write(commit);
        var version = readVersion;
        for (var lost = 0; lost < MaxLost; lost++)
        {
            ct.ThrowIfCancellationRequested();
            while (CommitFile.TryRead(storage, table, version + 1) is { } winner)
            {
                version++;
                if (CommitId(winner) == id)
                    return new CommitResult.Committed(version);
                if (
                    own is not null
                    && winner.Any(action => action.Txn is { } other && other.AppId == own.AppId && other.Version >= own.Version)
                )
                    return new CommitResult.AlreadyCommitted(version);
                if (ProgressCheck.Against(winner, progress) is { } taken)
                    return new CommitResult.Conflicted(version, taken);
                if (readVersion < 0)
                    return new CommitResult.Conflicted(version, "the table was created by another writer");
                if (winner.Select(reads.ConflictWith).FirstOrDefault(reason => reason is not null) is { } conflict)
                    return new CommitResult.Conflicted(version, conflict);
                rowIds?.See(winner);
            }
            if (WentOn(version))
                return new CommitResult.Conflicted(version, "the table went on without the commits after this write's version being kept");
            if (Put(version + 1, content ?? Versioned(commit, version, saysWhen, rowIds), id))
                return new CommitResult.Committed(version + 1);
            LakeTelemetry.LostVersion(table);
            Backoff.Wait(lost, ct);
        }
        return new CommitResult.Conflicted(version, $"other writers were faster {MaxLost} times in a row");
    }

    /// <summary>Whether the table is further, though the next commit is not there. A hint may be wrong, so it is not enough.</summary>
    private bool WentOn(long version)
    {
        var log = new TableLog(storage, table);
        return log.ReadHint() > version && log.Find(null)?.Version > version;
    }

    /// <summary>The commit with what depends on the version that it is to become.</summary>
    private byte[] Versioned(IReadOnlyList<LogAction> commit, long previous, bool saysWhen, RowIds? rowIds)
    {
        var numbered = rowIds?.Number(commit, previous + 1) ?? commit;
        return CommitFile.Write(saysWhen ? Stamped(numbered, previous) : numbered);
    }

    /// <summary>The commit with the time at which it is tried to be made: now, but later than the version before, whatever the clocks say.</summary>
    private List<LogAction> Stamped(IReadOnlyList<LogAction> commit, long previous)
    {
        var (before, says) = previous < 0 ? (-1, true) : MadeAt(previous);
        var now = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), before + 1);
        var info = (JsonObject)commit[0].CommitInfo!.DeepClone();
        info["inCommitTimestamp"] = now;
        return
        [
            commit[0] with
            {
                CommitInfo = info,
            },
            .. commit
                .Skip(1)
                .Select(action =>
                    says || action.MetaData is null ? action : action with { MetaData = Since(action.MetaData, previous + 1, now) }
                ),
        ];
    }

    /// <summary>Metadata that says from which version on commits say when they were made, since earlier ones do not.</summary>
    private static TableMetadata Since(TableMetadata metadata, long version, long time) =>
        metadata with
        {
            Configuration = new Dictionary<string, string?>(metadata.Configuration!)
            {
                [CommitTimes.SinceVersion] = $"{version}",
                [CommitTimes.SinceTime] = $"{time}",
            },
        };

    /// <summary>When a version was made, and whether it says so itself.</summary>
    private (long Time, bool Says) MadeAt(long version)
    {
        var said = CommitFile
            .TryRead(storage, table, version)
            ?.Select(action => action.CommitInfo?["inCommitTimestamp"])
            .FirstOrDefault(time => time is not null);
        return said is not null
            ? (said.GetValue<long>(), true)
            : (storage.Find(CommitFile.PathOf(table, version))?.Modified.ToUnixTimeMilliseconds() ?? 0, false);
    }

    /// <summary>Whether the commit is in the log now as this version.</summary>
    private bool Put(long version, byte[] content, string id)
    {
        try
        {
            return storage.WriteIfAbsent(CommitFile.PathOf(table, version), content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            IsOutcomeOpen = true;
            var found = CommitFile.TryRead(storage, table, version);
            if (found is null)
                throw new LakeException(
                    table,
                    $"the commit could not be written: {e.Message} The table is as it was; try again.",
                    version,
                    $"{LogFileName.Folder}/{LogFileName.Commit(version)}",
                    e
                );
            IsOutcomeOpen = false;
            return CommitId(found) == id;
        }
    }

    private static string? CommitId(IReadOnlyList<LogAction> commit) =>
        commit.Select(action => action.CommitInfo?["txnId"]?.ToString()).FirstOrDefault(id => id is not null);
}
