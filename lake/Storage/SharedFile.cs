namespace ServerlessHub.Lake.Storage;

/// <summary>
/// A small file that any number of threads and processes read and change. A change is made of what is there, and never over what somebody else wrote
/// meanwhile: a storage that tags its files sees to that itself, and in a folder of this machine the file is locked for the moment.
/// </summary>
/// <param name="storage">Where it is.</param>
/// <param name="path">Its path.</param>
public sealed class SharedFile(ILakeStorage storage, string path)
{
    /// <summary>What is there; null for nothing.</summary>
    /// <exception cref="IOException">The storage fails.</exception>
    public byte[]? Read() => storage.Read(path);

    /// <summary>Changes what is there, unless somebody else is just doing so.</summary>
    /// <param name="change">What is to be there, of what is; null, or the same object, to leave it. It may be called twice, and does nothing else.</param>
    /// <returns>False if somebody else was faster, or holds it: to be tried again in some milliseconds.</returns>
    /// <exception cref="IOException">The storage fails, and whether it was written is open.</exception>
    public bool TryUpdate(Func<byte[]?, byte[]?> change)
    {
        var found = storage.Find(path);
        if (found is null or { Tag: not null })
            return TryChange(found, change);
        // Most often there is nothing to change, and no lock is needed to find that out.
        var content = storage.Read(path);
        if (IsLeft(change(content), content))
            return true;
        using var turn = storage.TryLock($".hub/locks/{path.Replace('/', '.')}.lock");
        return turn is not null && TryChange(storage.Find(path), change);
    }

    /// <summary>The exception of whoever has tried long enough.</summary>
    public StorageException Busy() => new($"'{path}' is being changed by others all the time; try again later", isTransient: true);

    private bool TryChange(StoredFile? found, Func<byte[]?, byte[]?> change)
    {
        // What is written after it was found is not what was found, so it cannot be overwritten by mistake.
        var before = found is null ? null : storage.Read(path);
        var after = change(before);
        return IsLeft(after, before) || storage.TryReplace(path, after, found) is not null;
    }

    private static bool IsLeft(byte[]? after, byte[]? before) => after is null || ReferenceEquals(after, before);
}
