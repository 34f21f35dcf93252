using Microsoft.Win32.SafeHandles;

namespace ServerlessHub.Lake.Storage;

/// <summary>
/// A folder for what this process writes and has not uploaded yet. Each process has one of its own within a common folder, which its next
/// user clears of what processes left that ended without.
/// </summary>
internal sealed class StagingFolder(string root)
{
    private const string LockEnding = ".lock";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, (string Folder, SafeFileHandle Lock)> Own = [];

    /// <summary>This process's folder; it is there when this returns.</summary>
    public string Enter()
    {
        lock (Gate)
        {
            if (!Own.TryGetValue(root, out var own))
            {
                Directory.CreateDirectory(root);
                DeleteAbandoned();
                Own[root] = own = Create();
            }
            return own.Folder;
        }
    }

    private (string, SafeFileHandle) Create()
    {
        while (true)
        {
            var folder = Path.Combine(root, $"{Guid.NewGuid():N}");
            try
            {
                var hold = File.OpenHandle(
                    folder + LockEnding,
                    FileMode.CreateNew,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    FileOptions.DeleteOnClose
                );
                Directory.CreateDirectory(folder);
                return (folder, hold);
            }
            catch (IOException) when (!File.Exists(folder + LockEnding))
            {
                // Another process, just clearing up, took the new file for one that nobody holds.
            }
        }
    }

    private void DeleteAbandoned()
    {
        foreach (var folder in Directory.GetDirectories(root))
        {
            try
            {
                using var taken = File.OpenHandle(
                    folder + LockEnding,
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    FileOptions.DeleteOnClose
                );
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its process lives, or another one clears up.
            }
        }
    }
}
