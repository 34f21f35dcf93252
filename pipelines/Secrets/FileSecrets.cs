namespace ServerlessHub.Pipelines.Secrets;

/// <summary>Secrets in a folder, a file each, named as the secret, as container platforms mount them. A line end at the end of the file is not
/// part of the secret. A file that everybody on the machine can read, or others can write, is refused rather than used.</summary>
/// <param name="folder">The folder; it need not be there.</param>
public sealed class FileSecrets(string folder) : ISecretStore
{
    private const UnixFileMode Forbidden =
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    /// <inheritdoc/>
    public Secret? Find(string name, CancellationToken cancellation = default)
    {
        SecretName.Check(name);
        var path = Path.Combine(folder, name);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            CheckMode(file, path);
            using var reader = new StreamReader(file);
            return new Secret(WithoutLineEnd(reader.ReadToEnd()));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SecretException($"The secret '{name}' is in {path}, but this process cannot read it.", inner: error);
        }
    }

    /// <inheritdoc/>
    public string Place(string name) => $"the file {Path.Combine(folder, name)}";

    private static void CheckMode(FileStream file, string path)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file.SafeFileHandle) & Forbidden) == 0)
            return;
        throw new SecretException(
            $"The secret file {path} is open to others on this machine, so it is not used: 'chmod 600 {path}', or mode 0400 or 0440 where a container platform mounts it."
        );
    }

    private static string WithoutLineEnd(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
        : text.EndsWith('\n') ? text[..^1]
        : text;
}
