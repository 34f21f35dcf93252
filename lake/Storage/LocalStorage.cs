using System.IO.Enumeration;

namespace ServerlessHub.Lake.Storage;

/// <summary>Tables in a folder of this machine.</summary>
public sealed class LocalStorage : ILakeStorage
{
    private readonly string _root;
    private readonly UnixFileMode? _mode;

    /// <summary>Opens the storage; the folder need not exist yet.</summary>
    /// <param name="root">The folder. A relative one is taken from the current directory.</param>
    /// <param name="mode">Who may do what with files that <see cref="WriteIfAbsent"/> and <see cref="TryReplace"/> write, where the system has such modes; null for what the process makes by itself.</param>
    public LocalStorage(string root, UnixFileMode? mode = null) =>
        (_root, _mode) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), mode);

    /// <inheritdoc/>
    public string Locate(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(_root, path)));
        var inside = Path.EndsInDirectorySeparator(_root) ? _root : _root + Path.DirectorySeparatorChar;
        return full == _root || full.StartsWith(inside, StringComparison.Ordinal)
            ? full
            : throw new ArgumentException($"'{path}' lies outside of '{_root}'.", nameof(path));
    }

    /// <inheritdoc/>
    public FetchedFiles Fetch(IReadOnlyCollection<StoredFile> files, CancellationToken ct = default) =>
        new([.. files.Select(file => Locate(file.Path))], []);

    /// <inheritdoc/>
    public string Stage(string folder)
    {
        var place = Locate(folder);
        Create(place);
        return place;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredFile> List(string folder, string? from = null)
    {
        try
        {
            // The name decides before anything is made of an entry: a log may have very many.
            var entries = new FileSystemEnumerable<FileInfo>(
                Locate(folder),
                (ref FileSystemEntry entry) => (FileInfo)entry.ToFileSystemInfo(),
                new() { AttributesToSkip = default, IgnoreInaccessible = false }
            )
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                    !entry.IsDirectory && (from is null || entry.FileName.CompareTo(from, StringComparison.Ordinal) >= 0),
            };
            return [.. entries.OrderBy(file => file.Name, StringComparer.Ordinal).Select(Describe).OfType<StoredFile>()];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredFile> ListBelow(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        try
        {
            return
            [
                .. new DirectoryInfo(Locate(folder))
                    .EnumerateFiles("*", options)
                    .Select(Describe)
                    .OfType<StoredFile>()
                    .OrderBy(file => file.Path, StringComparer.Ordinal),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Folders(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(Locate(folder)).Select(Relative).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public bool HasFolder(string folder) => Directory.Exists(Locate(folder));

    /// <inheritdoc/>
    public StoredFile? Find(string path) => Describe(new FileInfo(Locate(path)));

    /// <inheritdoc/>
    public byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(Locate(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public byte[]? Read(string path, long offset, int length)
    {
        try
        {
            using var file = File.OpenRead(Locate(path));
            file.Position = offset;
            var content = new byte[Math.Max(0, Math.Min(length, file.Length - offset))];
            return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool WriteIfAbsent(string path, ReadOnlyMemory<byte> content)
    {
        var target = Locate(path);
        var aside = Aside(target);
        try
        {
            Write(aside, content);
            if (!TryName(aside, target))
                return false;
            SyncFolder(Path.GetDirectoryName(target)!);
            return true;
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <inheritdoc/>
    public StoredFile? TryReplace(string path, ReadOnlyMemory<byte> content, StoredFile? before)
    {
        if (before is null)
            return WriteIfAbsent(path, content) ? Find(path) : null;
        if (Find(path) != before)
            return null;
        Replace(path, aside => Write(aside, content));
        return Find(path);
    }

    /// <inheritdoc/>
    public void Replace(string path, string localFile) =>
        Replace(
            path,
            aside =>
            {
                File.Copy(localFile, aside);
                Flush(aside);
            }
        );

    private void Replace(string path, Action<string> write)
    {
        var target = Locate(path);
        var aside = Aside(target);
        try
        {
            write(aside);
            File.Move(aside, target, overwrite: true);
            SyncFolder(Path.GetDirectoryName(target)!);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <inheritdoc/>
    public void Persist(IReadOnlyCollection<string> paths, CancellationToken ct = default)
    {
        foreach (var path in paths)
            Flush(Locate(path));
        foreach (var folder in paths.Select(path => Path.GetDirectoryName(Locate(path))!).SelectMany(Upwards).Distinct())
            SyncFolder(folder);
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(Locate(path));
        }
        catch (DirectoryNotFoundException)
        {
            // What is not there need not be deleted.
        }
    }

    /// <inheritdoc/>
    public void Delete(StoredFile known)
    {
        if (Find(known.Path) != known)
            return;
        var target = Locate(known.Path);
        var aside = Aside(target);
        try
        {
            // Between looking and deleting another may write, so what is deleted is taken away first and looked at then.
            File.Move(target, aside);
            if (Describe(new FileInfo(aside)) is { } taken && taken with { Path = known.Path } != known)
                TryName(aside, target);
            File.Delete(aside);
        }
        catch (FileNotFoundException)
        {
            // Another has deleted it.
        }
    }

    /// <inheritdoc/>
    public StorageLock? TryLock(string path)
    {
        var file = Locate(path);
        Create(Path.GetDirectoryName(file)!);
        try
        {
            return new OpenFile(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool DeleteFolder(string path, DateTimeOffset unchangedSince)
    {
        var folder = new DirectoryInfo(Locate(path));
        if (!folder.Exists || folder.LastWriteTimeUtc >= unchangedSince.UtcDateTime || folder.EnumerateFileSystemInfos().Any())
            return false;
        try
        {
            folder.Delete();
            return true;
        }
        catch (IOException)
        {
            // Somebody has just put something there.
            return false;
        }
    }

    private string Aside(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        Create(folder);
        return Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
    }

    private void Create(string folder)
    {
        if (Directory.Exists(folder))
            return;
        Directory.CreateDirectory(folder);
        foreach (var created in Upwards(folder))
            SyncFolder(created);
    }

    /// <summary>File.Move looks first and renames then on POSIX systems, so two processes could both succeed; a link cannot.</summary>
    internal static bool TryName(string aside, string target)
    {
        if (!OperatingSystem.IsWindows())
            return PosixFiles.TryLink(aside, target);
        try
        {
            File.Move(aside, target, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
    }

    private void Write(string file, ReadOnlyMemory<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (_mode is { } mode && !OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using var stream = new FileStream(file, options);
        stream.Write(content.Span);
        stream.Flush(flushToDisk: true);
    }

    private static void Flush(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private IEnumerable<string> Upwards(string folder)
    {
        for (var at = folder; at.Length >= _root.Length; at = Path.GetDirectoryName(at)!)
        {
            yield return at;
            if (at == _root)
                yield break;
        }
    }

    /// <summary>Windows keeps folders durable by itself.</summary>
    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsWindows())
            PosixFiles.SyncFolder(folder);
    }

    private StoredFile? Describe(FileInfo file)
    {
        try
        {
            return file.Exists ? new StoredFile(Relative(file.FullName), file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string Relative(string full) => Path.GetRelativePath(_root, full).Replace(Path.DirectorySeparatorChar, '/');

    private sealed class OpenFile(FileStream file) : StorageLock
    {
        public override bool IsHeld => true;

        public override void Dispose() => file.Dispose();
    }
}
