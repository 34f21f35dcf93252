using System.Collections.Concurrent;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>Lets the writers of one table in this process wait for each other, so that they need not collide in the log.</summary>
internal static class TableLocks
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Committing = new();
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Rewriting = new();

    /// <summary>Waits until nobody else here commits to the table; disposing lets the next one in.</summary>
    public static IDisposable EnterCommit(ILakeStorage storage, string table, CancellationToken ct) =>
        Enter(Committing, storage, table, ct);

    /// <summary>Waits until nobody else here rewrites rows of the table; disposing lets the next one in.</summary>
    public static IDisposable EnterRewrite(ILakeStorage storage, string table, CancellationToken ct) =>
        Enter(Rewriting, storage, table, ct);

    /// <summary>As <see cref="EnterRewrite"/>, without waiting.</summary>
    /// <returns>Null if somebody here rewrites rows of the table now.</returns>
    public static IDisposable? TryEnterRewrite(ILakeStorage storage, string table)
    {
        var turn = Of(Rewriting, storage, table);
        return turn.Wait(0) ? new Release(turn) : null;
    }

    private static SemaphoreSlim Of(ConcurrentDictionary<string, SemaphoreSlim> locks, ILakeStorage storage, string table) =>
        locks.GetOrAdd(storage.Locate(table), _ => new SemaphoreSlim(1, 1));

    private static Release Enter(
        ConcurrentDictionary<string, SemaphoreSlim> locks,
        ILakeStorage storage,
        string table,
        CancellationToken ct
    )
    {
        var turn = Of(locks, storage, table);
        turn.Wait(ct);
        return new(turn);
    }

    private sealed class Release(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
