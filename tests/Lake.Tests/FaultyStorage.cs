using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

/// <summary>A storage that fails when it is told to.</summary>
internal sealed class FaultyStorage(ILakeStorage inner) : ILakeStorage
{
    /// <summary>Called before each write to the log; what it throws happens instead.</summary>
    public Action<string> BeforeWrite { get; set; } = _ => { };

    /// <summary>Called after each write to the log that succeeded; what it throws hides that.</summary>
    public Action<string> AfterWrite { get; set; } = _ => { };

    /// <summary>Whether a write that succeeds is said to have found the file there, as a client says that repeats a request.</summary>
    public bool SaysPresent { get; set; }

    public Action<string> BeforeRead { get; set; } = _ => { };

    public Action BeforePersist { get; set; } = () => { };

    public Action<string> BeforeReplace { get; set; } = _ => { };

    public Action<string> BeforeDelete { get; set; } = _ => { };

    public string Locate(string path) => inner.Locate(path);

    public FetchedFiles Fetch(IReadOnlyCollection<StoredFile> files, CancellationToken ct = default) => inner.Fetch(files, ct);

    public string Stage(string folder) => inner.Stage(folder);

    public IReadOnlyList<StoredFile> List(string folder, string? from = null) => inner.List(folder, from);

    public IReadOnlyList<string> Folders(string folder) => inner.Folders(folder);

    public StoredFile? Find(string path) => inner.Find(path);

    public byte[]? Read(string path)
    {
        BeforeRead(path);
        return inner.Read(path);
    }

    public bool WriteIfAbsent(string path, ReadOnlyMemory<byte> content)
    {
        BeforeWrite(path);
        var written = inner.WriteIfAbsent(path, content);
        AfterWrite(path);
        return written && !SaysPresent;
    }

    public void Replace(string path, string localFile)
    {
        BeforeReplace(path);
        inner.Replace(path, localFile);
    }

    public void Persist(IReadOnlyCollection<string> paths, CancellationToken ct = default)
    {
        BeforePersist();
        inner.Persist(paths, ct);
    }

    public void Delete(string path)
    {
        BeforeDelete(path);
        inner.Delete(path);
    }
}
