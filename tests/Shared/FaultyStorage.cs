using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Tests.Shared;

/// <summary>A storage that fails when it is told to.</summary>
internal sealed class FaultyStorage(ILakeStorage inner) : ILakeStorage
{
    private readonly Queue<Action> _late = [];

    /// <summary>Called before each write to the log; what it throws happens instead.</summary>
    public Action<string> BeforeWrite { get; set; } = _ => { };

    /// <summary>Called after each write to the log that succeeded; what it throws hides that.</summary>
    public Action<string> AfterWrite { get; set; } = _ => { };

    /// <summary>Whether a write that succeeds is said to have found the file there, as a client says that repeats a request.</summary>
    public bool SaysPresent { get; set; }

    /// <summary>Whether a write to the log fails now, and arrives only later.</summary>
    public bool IsLate { get; set; }

    public Action AfterPersist { get; set; } = () => { };

    public Action BeforeFetch { get; set; } = () => { };

    public Action<string> BeforeRead { get; set; } = _ => { };

    public Action BeforePersist { get; set; } = () => { };

    public Action<string> BeforeReplace { get; set; } = _ => { };

    public Action<string> BeforeList { get; set; } = _ => { };

    public Action<string> BeforeDelete { get; set; } = _ => { };

    /// <summary>Whether a file is part of a listing of its folder.</summary>
    public Func<string, bool> IsListed { get; set; } = _ => true;

    /// <summary>The storage itself, which does not fail.</summary>
    public ILakeStorage Inner => inner;

    /// <summary>Lets the writes arrive that are late.</summary>
    public void Arrive()
    {
        IsLate = false;
        while (_late.TryDequeue(out var write))
            write();
    }

    public string Locate(string path) => inner.Locate(path);

    public FetchedFiles Fetch(IReadOnlyCollection<StoredFile> files, CancellationToken ct = default)
    {
        BeforeFetch();
        return inner.Fetch(files, ct);
    }

    public string Stage(string folder) => inner.Stage(folder);

    public IReadOnlyList<StoredFile> List(string folder, string? from = null)
    {
        BeforeList(folder);
        return [.. inner.List(folder, from).Where(file => IsListed(file.Name))];
    }

    public IReadOnlyList<StoredFile> ListBelow(string folder) => inner.ListBelow(folder);

    public bool DeleteFolder(string path, DateTimeOffset unchangedSince) => inner.DeleteFolder(path, unchangedSince);

    public StorageLock? TryLock(string path) => inner.TryLock(path);

    public IReadOnlyList<string> Folders(string folder) => inner.Folders(folder);

    public bool HasFolder(string folder) => inner.HasFolder(folder);

    public StoredFile? Find(string path) => inner.Find(path);

    public byte[]? Read(string path)
    {
        BeforeRead(path);
        return inner.Read(path);
    }

    public byte[]? Read(string path, long offset, int length)
    {
        BeforeRead(path);
        return inner.Read(path, offset, length);
    }

    public bool WriteIfAbsent(string path, ReadOnlyMemory<byte> content)
    {
        BeforeWrite(path);
        if (IsLate)
        {
            var copy = content.ToArray();
            _late.Enqueue(() => inner.WriteIfAbsent(path, copy));
            throw new IOException("The operation timed out.");
        }
        var written = inner.WriteIfAbsent(path, content);
        AfterWrite(path);
        return written && !SaysPresent;
    }

    public StoredFile? TryReplace(string path, ReadOnlyMemory<byte> content, StoredFile? before)
    {
        BeforeReplace(path);
        return inner.TryReplace(path, content, before);
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
        AfterPersist();
    }

    public void Delete(string path)
    {
        BeforeDelete(path);
        inner.Delete(path);
    }

    public void Delete(StoredFile known)
    {
        BeforeDelete(known.Path);
        inner.Delete(known);
    }
}
