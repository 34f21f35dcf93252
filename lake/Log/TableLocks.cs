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

    private static Release Enter(
        ConcurrentDictionary<string, SemaphoreSlim> locks,
        ILakeStorage storage,
        string table,
        CancellationToken ct
    )
    {
        var turn = locks.GetOrAdd(storage.Locate(table), _ => new SemaphoreSlim(1, 1));
        turn.Wait(ct);
        return new(turn);
    }

    private sealed class Release(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
