using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>
/// Puts a commit at the end of a log: looks at each commit that came since the version the write was made on, and takes the first free
/// version, unless one of them is in the way.
/// </summary>
internal sealed class CommitLoop(ILakeStorage storage, string table)
{
    /// <summary>How often others may be faster until a writer gives up.</summary>
    private const int MaxLost = 1000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether a commit may be in the log, or come to be there, although it cannot be told now: its files must stay.</summary>
    public bool IsOutcomeOpen { get; private set; }

    /// <summary>Commits.</summary>
    /// <param name="commit">The actions; the <c>txnId</c> of the <c>commitInfo</c> tells the commit from any other.</param>
    /// <param name="readVersion">The version on which the write was made; -1 if there was no table.</param>
    /// <param name="reads">What the write depends on.</param>
    /// <param name="ct">Ends the attempts; once the commit is made, it stays.</param>
    /// <exception cref="LakeException">The storage failed.</exception>
    public CommitResult Run(IReadOnlyList<LogAction> commit, long readVersion, ReadSet reads, CancellationToken ct)
    {
        var own = commit.Select(action => action.Txn).OfType<SetTransaction>().Single();
        var id = CommitId(commit) ?? throw new ArgumentException("A commit needs a txnId.", nameof(commit));
        var content = CommitFile.Write(commit);
        var version = readVersion;
        for (var lost = 0; lost < MaxLost; lost++)
        {
            ct.ThrowIfCancellationRequested();
            while (CommitFile.TryRead(storage, table, version + 1) is { } winner)
            {
                version++;
                if (CommitId(winner) == id)
                    return new CommitResult.Committed(version);
                if (winner.Any(action => action.Txn is { } other && other.AppId == own.AppId && other.Version >= own.Version))
                    return new CommitResult.AlreadyCommitted(version);
                if (readVersion < 0)
                    return new CommitResult.Conflicted(version, "the table was created by another writer");
                if (winner.Select(reads.ConflictWith).FirstOrDefault(reason => reason is not null) is { } conflict)
                    return new CommitResult.Conflicted(version, conflict);
            }
            if (Put(version + 1, content, id))
                return new CommitResult.Committed(version + 1);
            Pause(lost, ct);
        }
        return new CommitResult.Conflicted(version, $"other writers were faster {MaxLost} times in a row");
    }

    /// <summary>Writers that lost against the same one must not try again all at once; the longer it goes on, the further apart.</summary>
    private static void Pause(int lost, CancellationToken ct)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, Math.ScaleB(1, Math.Min(lost, 10)));
        ct.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * longest));
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
