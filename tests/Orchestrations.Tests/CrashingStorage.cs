using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Orchestrations.Tests;

/// <summary>The process has died.</summary>
internal sealed class CrashException : Exception;

/// <summary>A storage whose process dies at one of its writes, before it or right after it; from then on nothing works any more.</summary>
internal sealed class CrashingStorage(ILakeStorage inner, int crashAt, bool isAfter) : ILakeStorage
{
    private int writes;

    public bool HasCrashed { get; private set; }

    /// <summary>Lets a scenario run to its end once for each write that it makes, and twice, the process dying at it; and once without.</summary>
    /// <param name="scenario">Runs with the storage it is given; told whether this was the last time.</param>
    public static async Task AtEachWrite(Func<Func<ILakeStorage, CrashingStorage>, Task<bool>> scenario)
    {
        foreach (var isAfter in new[] { false, true })
            for (var at = 1; await scenario(inner => new CrashingStorage(inner, at, isAfter)); at++)
                Assert.True(at < 1_000, "the scenario never ends");
    }

    public string Locate(string path) => inner.Locate(path);

    public FetchedFiles Fetch(IReadOnlyCollection<StoredFile> files, CancellationToken ct = default) => inner.Fetch(files, ct);

    public string Stage(string folder) => inner.Stage(folder);

    public IReadOnlyList<StoredFile> List(string folder, string? from = null) => Alive().List(folder, from);

    public IReadOnlyList<StoredFile> ListBelow(string folder) => Alive().ListBelow(folder);

    public IReadOnlyList<string> Folders(string folder) => Alive().Folders(folder);

    public bool HasFolder(string folder) => Alive().HasFolder(folder);

    public StoredFile? Find(string path) => Alive().Find(path);

    public byte[]? Read(string path) => Alive().Read(path);

    public byte[]? Read(string path, long offset, int length) => Alive().Read(path, offset, length);

    public bool WriteIfAbsent(string path, ReadOnlyMemory<byte> content) => Write(() => inner.WriteIfAbsent(path, content));

    public StoredFile? TryReplace(string path, ReadOnlyMemory<byte> content, StoredFile? before) =>
        Write(() => inner.TryReplace(path, content, before));

    public void Replace(string path, string localFile) =>
        Write(() =>
        {
            inner.Replace(path, localFile);
            return true;
        });

    public void Persist(IReadOnlyCollection<string> paths, CancellationToken ct = default) => Alive().Persist(paths, ct);

    public StorageLock? TryLock(string path) => Alive().TryLock(path);

    public void Delete(string path) =>
        Write(() =>
        {
            inner.Delete(path);
            return true;
        });

    public void Delete(StoredFile known) =>
        Write(() =>
        {
            inner.Delete(known);
            return true;
        });

    public bool DeleteFolder(string path, DateTimeOffset unchangedSince) => Alive().DeleteFolder(path, unchangedSince);

    /// <summary>Dies here too, if it is the turn of it: what is done outside of the storage is done or not as well.</summary>
    public void Step(Action action) =>
        Write(() =>
        {
            action();
            return true;
        });

    private T Write<T>(Func<T> write)
    {
        Alive();
        if (++writes != crashAt)
            return write();
        if (isAfter)
            write();
        HasCrashed = true;
        throw new CrashException();
    }

    private ILakeStorage Alive() => HasCrashed ? throw new CrashException() : inner;
}
