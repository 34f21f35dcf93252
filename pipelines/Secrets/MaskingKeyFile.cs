using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Pipelines.Secrets;

/// <summary>The masking key that a hub without a Key Vault makes for itself: 32 random bytes, in base64, that only the file's owner can read.</summary>
internal sealed class MaskingKeyFile(string folder)
{
    /// <summary>Whether this one made the key.</summary>
    public bool HasMade { get; private set; }

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
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n";
        var storage = new LocalStorage(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // A hub's folder is often a repository, and a key in a repository is a key no more.
        storage.WriteIfAbsent(".gitignore", "*\n"u8.ToArray());
        HasMade = storage.WriteIfAbsent(HubSecrets.MaskingKeyName, Encoding.ASCII.GetBytes(key));
        return store.Find(HubSecrets.MaskingKeyName)
            ?? throw new IOException($"{Path.Combine(folder, HubSecrets.MaskingKeyName)} was there and is gone again.");
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
