using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>An address in Azure storage whose files are shown, when they are asked for, in a folder of this machine.</summary>
internal sealed class RemoteFolder
{
    private readonly string what;
    private readonly AzurePlace place;
    private readonly FileMirror mirror;

    /// <summary>Opens the address; nothing is asked of it yet.</summary>
    /// <param name="what">What it is, for errors.</param>
    /// <param name="address">The address.</param>
    /// <param name="options">How the storage is talked to; null for the defaults.</param>
    /// <exception cref="RunException">It is no address, or there is no place for its files on this machine.</exception>
    public RemoteFolder(string what, string address, AzureStorageOptions? options)
    {
        this.what = what;
        try
        {
            place = AzurePlace.Parse(address);
            Storage = new AzureBlobStorage(place, FileCache.OfUser(), options);
            mirror = new FileMirror(Storage);
        }
        catch (Exception e) when (e is FormatException or UnauthorizedAccessException or IOException)
        {
            throw new RunException($"{what}: {e.Message}", inner: e);
        }
        Folder = RealPath.Of(mirror.Folder);
    }

    /// <summary>What holds the files.</summary>
    public AzureBlobStorage Storage { get; }

    /// <summary>The folder that stands for the address, absolute and without links.</summary>
    public string Folder { get; }

    /// <summary>The address, as far as it may be shown.</summary>
    public string Address => place.ToString();

    /// <summary>Where in the storage a place in the folder is, with <c>/</c> between its parts; null when it lies elsewhere.</summary>
    public string? PathOf(string location) =>
        RealPath.IsWithin(location, Folder) ? Path.GetRelativePath(Folder, location).Replace(Path.DirectorySeparatorChar, '/') : null;

    /// <summary>Shows the files that a path names, as they are now; not those of the logs of tables.</summary>
    /// <param name="path">A folder, file or pattern.</param>
    /// <exception cref="RunException">The storage fails.</exception>
    public void Show(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var start = string.Join('/', parts.TakeWhile(part => !Glob.IsPattern(part)));
        var pattern = Glob.Parse(path);
        try
        {
            mirror.Show(
                start,
                file =>
                    Glob.IsPattern(path) ? pattern.IsMatch(file) : !file[start.Length..].Contains("/_delta_log/", StringComparison.Ordinal)
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException(
                $"{what} cannot be read: {e.Message}",
                isTransient: e is StorageException { IsTransient: true },
                inner: e
            );
        }
    }
}
