namespace ServerlessHub.Lake.Storage;

/// <summary>
/// Files of a remote storage in a folder of this machine, as they lie there, for readers that know folders only. It shows what was asked for
/// when it was asked for last, and takes no room of its own beside the cache. The folder goes some time after the process.
/// </summary>
public sealed class FileMirror(ILakeStorage storage)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredFile> _shown = [];

    /// <summary>The folder that stands for the storage's root.</summary>
    public string Folder { get; } = storage.Stage($".mirror-{Guid.NewGuid():N}");

    /// <summary>Shows files as they are now: those below a folder, and the file if it is one.</summary>
    /// <param name="path">The folder or file, relative to the storage's root.</param>
    /// <param name="isWanted">Whether a file is, by its path; the others stay as they were.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="IOException">The storage fails, or a file changed meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">Something may not be read.</exception>
    public void Show(string path, Func<string, bool> isWanted, CancellationToken ct = default)
    {
        lock (_gate)
        {
            var there = storage.ListBelow(path).Where(file => isWanted(file.Path)).ToDictionary(file => file.Path);
            if (path.Length > 0 && isWanted(path) && storage.Find(path) is { } single)
                there[path] = single;
            foreach (var gone in _shown.Keys.Where(shown => IsWithin(shown, path) && isWanted(shown) && !there.ContainsKey(shown)).ToList())
            {
                File.Delete(PlaceOf(gone));
                _shown.Remove(gone);
            }
            var fresh = there.Values.Where(file => !_shown.TryGetValue(file.Path, out var shown) || shown != file).ToList();
            using var fetched = storage.Fetch(fresh, ct);
            for (var i = 0; i < fresh.Count; i++)
                Show(fresh[i], fetched.Paths[i]);
        }
    }

    private void Show(StoredFile file, string fetched)
    {
        var place = PlaceOf(file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.Delete(place);
        if (OperatingSystem.IsWindows())
            File.Copy(fetched, place);
        else
            PosixFiles.TryLink(fetched, place);
        File.SetLastWriteTimeUtc(place, file.Modified.UtcDateTime);
        _shown[file.Path] = file;
    }

    private string PlaceOf(string path) => Path.Combine(Folder, path);

    private static bool IsWithin(string path, string folder) =>
        folder.Length == 0 || path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}
