using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Streams.Sources;

/// <summary>What the hub remembers of a stream beside its tables: small documents under <c>data/ops/streams/&lt;app&gt;/&lt;layer&gt;/&lt;id&gt;</c>.</summary>
internal sealed class StreamFolder(ILakeStorage storage, DocumentAddress stream)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The document of a name; null if there is none.</summary>
    /// <exception cref="RunException">It is not what the hub wrote.</exception>
    public T? Read<T>(string name)
        where T : class => storage.Read(PathOf(name)) is { } bytes ? Parse<T>(name, bytes) : null;

    /// <summary>Keeps a document, unless one of that name is there; of several processes the first one's is kept.</summary>
    /// <returns>The one that is there now.</returns>
    public T Keep<T>(string name, T document)
        where T : class =>
        storage.WriteIfAbsent(PathOf(name), JsonSerializer.SerializeToUtf8Bytes(document, Options)) ? document : Read<T>(name)!;

    /// <summary>Puts a document in place of what is there. Who writes it holds <see cref="Lock"/>.</summary>
    public void Replace<T>(string name, T document)
    {
        var path = PathOf(name);
        while (storage.TryReplace(path, JsonSerializer.SerializeToUtf8Bytes(document, Options), storage.Find(path)) is null) { }
    }

    /// <summary>Forgets a document.</summary>
    public void Delete(string name) => storage.Delete(PathOf(name));

    /// <summary>The documents below a folder.</summary>
    public IReadOnlyList<T> All<T>(string folder)
        where T : class
    {
        var prefix = $"data/ops/streams/{stream}/";
        return [.. storage.List(prefix + folder).Select(file => Read<T>(file.Path[prefix.Length..^".json".Length])).OfType<T>()];
    }

    /// <summary>Takes a lock of the stream; null if somebody else has it.</summary>
    public StorageLock? Lock(string name) => storage.TryLock($".hub/locks/streams/{stream.App}.{stream.Layer}.{stream.Id}.{name}.lock");

    private string PathOf(string name) => $"data/ops/streams/{stream}/{name}.json";

    private T Parse<T>(string name, byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Options)!;
        }
        catch (JsonException e)
        {
            throw new RunException($"{PathOf(name)} is not what the hub wrote there", "restore it from a backup", inner: e);
        }
    }
}
