using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Documents;

/// <summary>
/// A JSON document of the hub's state that any number of threads and processes read and change. A change is made of what is there, and never over
/// what somebody else wrote meanwhile: a storage that tags its files sees to that itself, and a folder is locked for the moment.
/// </summary>
internal sealed class StateDocument<T>(ILakeStorage storage, string path)
    where T : class
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>What is there; null for nothing.</summary>
    /// <exception cref="RunException">It is damaged.</exception>
    /// <exception cref="IOException">The storage fails.</exception>
    public T? Read() => storage.Read(path) is { } json ? Parse(json) : null;

    /// <summary>Changes what is there.</summary>
    /// <param name="change">
    /// What is to be there, of what is; null, or the same object, to leave it. It may be called several times, and does nothing else.
    /// </param>
    /// <param name="ct">Ends it before anything is written.</param>
    /// <returns>What is there after it.</returns>
    /// <exception cref="RunException">It is damaged.</exception>
    /// <exception cref="IOException">The storage fails, and whether it was written is open; or others hold it for half a minute.</exception>
    public async Task<T?> Update(Func<T?, T?> change, CancellationToken ct = default)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (TryUpdate(change, out var state))
                return state;
            if (TimeProvider.System.GetElapsedTime(start) > LongestWait)
                throw new StorageException($"'{path}' is being changed by others all the time; try again later", isTransient: true);
            await Task.Delay(Random.Shared.Next(2, 20), ct);
        }
    }

    private bool TryUpdate(Func<T?, T?> change, out T? state)
    {
        var found = storage.Find(path);
        if (found is null or { Tag: not null })
            return TryChange(found, change, out state);
        // Most often there is nothing to change, and no lock is needed to find that out.
        state = Read();
        if (IsLeft(change(state), state))
            return true;
        using var turn = storage.TryLock($".hub/locks/{path.Replace('/', '.')}.lock");
        return turn is not null && TryChange(storage.Find(path), change, out state);
    }

    private bool TryChange(StoredFile? found, Func<T?, T?> change, out T? state)
    {
        // What is written after it was found is not what was found, so it cannot be overwritten by mistake.
        var before = found is null ? null : Read();
        state = change(before);
        if (IsLeft(state, before))
        {
            state = before;
            return true;
        }
        return storage.TryReplace(path, JsonSerializer.SerializeToUtf8Bytes(state, DurableJson.Options), found) is not null;
    }

    private static bool IsLeft(T? after, T? before) => after is null || ReferenceEquals(after, before);

    private T Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, DurableJson.Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new RunException($"{path} is damaged: {e.Message}", "restore it, or delete it to begin anew", inner: e);
        }
    }
}
