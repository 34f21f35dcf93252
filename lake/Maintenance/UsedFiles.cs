using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>The files that a version of a table needs, or that a version needed which may still be read.</summary>
internal sealed class UsedFiles
{
    private readonly ILakeStorage _storage;
    private readonly string _table;
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <param name="storage">The table's storage.</param>
    /// <param name="table">Its path.</param>
    /// <param name="snapshot">The table.</param>
    /// <param name="cutOff">What was taken out of the table since then counts as used.</param>
    public UsedFiles(ILakeStorage storage, string table, Snapshot snapshot, DateTimeOffset cutOff)
    {
        (_storage, _table, Version) = (storage, table, snapshot.Version);
        foreach (var file in snapshot.State.Files)
            Add(file.Path, file.DeletionVector);
        foreach (var file in snapshot.State.Tombstones.Where(file => IsRecent(file, cutOff)))
            Add(file.Path, file.DeletionVector);
    }

    /// <summary>The version whose files these are.</summary>
    public long Version { get; }

    public bool Contains(StoredFile file) => _paths.Contains(file.Path);

    /// <summary>Counts what commits took out as used, too: a checkpoint forgets it after the time that the table's property says.</summary>
    public void AddRemoved(IEnumerable<LogAction> actions, DateTimeOffset cutOff)
    {
        foreach (var file in actions.Select(action => action.Remove).OfType<RemoveFile>().Where(file => IsRecent(file, cutOff)))
            Add(file.Path, file.DeletionVector);
    }

    /// <summary>Counts files as used whose paths in the storage are known.</summary>
    public void AddStored(IEnumerable<string> paths)
    {
        foreach (var path in paths)
            AddStored(path);
    }

    /// <summary>A tombstone that does not say when is taken for one that has just been made.</summary>
    private static bool IsRecent(RemoveFile file, DateTimeOffset cutOff) =>
        file.DeletionTimestamp is not { } when || when >= cutOff.ToUnixTimeMilliseconds();

    private void Add(string path, DeletionVector? vector)
    {
        AddPath(FileKey.Decode(path));
        try
        {
            if (vector?.File is { } file)
                AddPath(file);
        }
        catch (FormatException)
        {
            // A vector that nobody can read has no file that could be kept.
        }
    }

    private void AddPath(string path)
    {
        try
        {
            AddStored(TablePath.Resolve(_storage, _table, path));
        }
        catch (FormatException)
        {
            // What lies outside of the lake is not among the table's folders, either.
        }
    }

    private void AddStored(string path) => _paths.Add(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path);
}
