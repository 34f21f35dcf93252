using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Documents;

/// <summary>A JSON document of the hub's state that any number of threads and processes read and change.</summary>
internal sealed class StateDocument<T>(ILakeStorage storage, string path)
    where T : class
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly SharedFile file = new(storage, path);

    /// <summary>What is there; null for nothing.</summary>
    /// <exception cref="RunException">It is damaged.</exception>
    /// <exception cref="IOException">The storage fails.</exception>
    public T? Read() => file.Read() is { } json ? Parse(json) : null;

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
                throw file.Busy();
            await Task.Delay(Random.Shared.Next(2, 20), ct);
        }
    }

    private bool TryUpdate(Func<T?, T?> change, out T? state)
    {
        T? current = null;
        var isDone = file.TryUpdate(content =>
        {
            var before = content is null ? null : Parse(content);
            var after = change(before);
            var isLeft = after is null || ReferenceEquals(after, before);
            current = isLeft ? before : after;
            return isLeft ? content : JsonSerializer.SerializeToUtf8Bytes(after, DurableJson.Options);
        });
        state = current;
        return isDone;
    }

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
