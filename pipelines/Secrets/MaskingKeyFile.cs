using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Secrets;

/// <summary>The masking key that a hub without a Key Vault makes for itself: 32 random bytes, in base64, that only the file's owner can read.</summary>
internal sealed class MaskingKeyFile(string folder)
{
    private readonly string path = Path.Combine(folder, HubSecrets.MaskingKeyName);

    /// <summary>The key. Of several processes that make it at once one wins, and all use its key.</summary>
    /// <exception cref="SecretException">It can neither be read nor made.</exception>
    public Secret FindOrMake()
    {
        var store = new FileSecrets(folder);
        try
        {
            return store.Find(HubSecrets.MaskingKeyName) ?? Make(store);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SecretException(
                $"The hub has no masking key yet and cannot make one in {folder}: {error.Message} Make the folder writable, or put a key in {new EnvironmentSecrets(_ => null).Place(HubSecrets.MaskingKeyName)}.",
                inner: error
            );
        }
    }

    private Secret Make(FileSecrets store)
    {
        MakeFolder();
        var aside = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            Write(aside);
            // Fails if the file is there by now, and never shows half of one.
            File.Move(aside, path, overwrite: false);
            // A hub's folder is often a repository, and a key in a repository is a key no more.
            File.WriteAllText(Path.Combine(folder, ".gitignore"), "*\n");
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
        finally
        {
            File.Delete(aside);
        }
        return store.Find(HubSecrets.MaskingKeyName) ?? throw new IOException($"{path} was there and is gone again.");
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Write(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        using var writer = new StreamWriter(stream);
        writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        writer.Flush();
        stream.Flush(flushToDisk: true);
    }
}
