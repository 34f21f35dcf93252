using System.Globalization;

namespace ServerlessHub.Lake.Storage;

/// <summary>
/// Files of a remote storage on this machine, whole, for an engine that reads local files only. The cache is a folder that any number of
/// processes share: a file in it is complete, stays while somebody pins it, and goes when room is needed and nobody used it for longest.
/// </summary>
public sealed class FileCache
{
    private const long DefaultCapacity = 20L << 30;
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly string _files;
    private readonly string _partial;
    private readonly long _capacity;

    /// <summary>Names the folder; it need not exist yet.</summary>
    /// <param name="folder">The folder, of which the cache owns all.</param>
    /// <param name="capacity">How many bytes of files it keeps. Only files that are pinned may be more.</param>
    public FileCache(string folder, long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        var root = Path.GetFullPath(folder);
        (_files, _partial, _capacity) = (Path.Combine(root, "files"), Path.Combine(root, "partial"), capacity);
        Staging = new StagingFolder(Path.Combine(root, "staging"));
    }

    /// <summary>
    /// The user's cache on this machine: in the folder that <c>HUB_CACHE</c> names, or where the system keeps such data; of as many bytes as
    /// <c>HUB_CACHE_BYTES</c> says, or 20 GiB.
    /// </summary>
    /// <exception cref="FormatException"><c>HUB_CACHE_BYTES</c> is no number of bytes.</exception>
    public static FileCache OfUser()
    {
        var folder = Environment.GetEnvironmentVariable("HUB_CACHE") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "serverlesshub", "cache");
        if (Environment.GetEnvironmentVariable("HUB_CACHE_BYTES") is not { Length: > 0 } text)
            return new(folder, DefaultCapacity);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var capacity)
            ? new(folder, capacity)
            : throw new FormatException($"HUB_CACHE_BYTES is '{text}', which is no number of bytes.");
    }

    /// <summary>Where files are written that are not in the storage yet.</summary>
    internal StagingFolder Staging { get; }

    /// <summary>Where a file of the cache is, or will be.</summary>
    /// <param name="scope">Which storage it is of, as a name of one folder.</param>
    /// <param name="path">Its path there.</param>
    /// <param name="tag">The tag of its content; null if it is never written again.</param>
    internal string Place(string scope, string path, string? tag = null) =>
        Path.GetFullPath(tag is null ? Path.Combine(_files, scope, path) : Path.Combine(_files, scope, ".tags", FileName(tag), path));

    /// <summary>Keeps a file in the cache until that is disposed.</summary>
    /// <returns>Null if there is no file of that size.</returns>
    internal static IDisposable? TryPin(string place, long size)
    {
        // Whoever makes room holds the file's lock only while it deletes it.
        var wait = new SpinWait();
        while (true)
        {
            try
            {
                var pin = File.OpenHandle(place, FileMode.Open, FileAccess.Read, FileShare.Read);
                if (RandomAccess.GetLength(pin) == size && TryTouch(place))
                    return pin;
                pin.Dispose();
                return File.Exists(place) && !TryDelete(place) ? throw InUse(place) : null;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
            catch (IOException) when (wait.Count < 1000)
            {
                wait.SpinOnce();
            }
        }
    }

    /// <summary>Puts a file into the cache, unless another one was faster.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="write">Writes its content; the file is deleted if that fails.</param>
    internal async Task FillAsync(string place, Func<Stream, Task> write)
    {
        Directory.CreateDirectory(_partial);
        var partial = Path.Combine(_partial, $"{Guid.NewGuid():N}");
        try
        {
            // Exclusively, so that others see that somebody is at it. A loss of power may tear it: then its size tells.
            await using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true))
                await write(stream);
            Adopt(place, partial);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Makes a file of the same disk one of the cache, unless there is one at the place. The file loses its name.</summary>
    internal static void Adopt(string place, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        LocalStorage.TryName(file, place);
        File.Delete(file);
    }

    /// <summary>Deletes files that nobody pins, first those that were not used for longest, until so many bytes fit in.</summary>
    /// <returns>Whether they do.</returns>
    internal bool MakeRoom(long bytes)
    {
        DeleteAbandoned();
        var files = Entries(_files).Select(file => (file.FullName, file.Length, Used: file.LastAccessTimeUtc)).ToList();
        var used = files.Sum(file => file.Length) + bytes;
        if (used <= _capacity)
            return true;
        foreach (var file in files.OrderBy(file => file.Used))
        {
            if (TryDelete(file.FullName) && (used -= file.Length) <= _capacity)
                return true;
        }
        return false;
    }

    /// <summary>What makes room when it is disposed: for files that were more than the cache holds, after their pins.</summary>
    internal IDisposable RoomAfterwards() => new Room(this);

    private void DeleteAbandoned()
    {
        foreach (var file in Entries(_partial).Where(file => DateTime.UtcNow - file.LastWriteTimeUtc > Abandoned))
            TryDelete(file.FullName);
    }

    private static IEnumerable<FileInfo> Entries(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", options).Where(file => file.Exists) : [];
    }

    private static bool TryTouch(string place)
    {
        try
        {
            File.SetLastAccessTimeUtc(place, DateTime.UtcNow);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Deletes the file unless a process, this one too, has it open.</summary>
    private static bool TryDelete(string file)
    {
        try
        {
            File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.None, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IOException InUse(string place) =>
        new($"'{place}' in the cache is not what the storage has, and is in use; try again once the run that reads it has ended.");

    private static string FileName(string tag) => string.Concat(tag.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    private sealed class Room(FileCache cache) : IDisposable
    {
        public void Dispose() => cache.MakeRoom(0);
    }
}
