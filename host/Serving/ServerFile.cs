using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Serving;

/// <summary>Where the server of a hub root listens, as <c>.hub/server.json</c> says while it runs.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Process">Its process.</param>
internal sealed record ServerFile(Uri Address, int Process)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The key that the server's own user finds, made when there is none.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static string Key(HubRoot root)
    {
        var file = KeyFile(root);
        if (!File.Exists(file))
        {
            var made = $"{file}.{Environment.ProcessId}";
            using (var stream = new FileStream(made, Options()))
                stream.Write(System.Text.Encoding.UTF8.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))));
            // Of several processes that make one, the first is taken.
            try
            {
                File.Move(made, file, overwrite: false);
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(made);
            }
        }
        return File.ReadAllText(file).Trim();
    }

    /// <summary>The server that runs on a hub root; null when none does.</summary>
    public static ServerFile? Find(HubRoot root)
    {
        try
        {
            return
                File.Exists(FileOf(root))
                && JsonSerializer.Deserialize(File.ReadAllBytes(FileOf(root)), ServerJson.Default.ServerFile) is { } file
                && IsAlive(file.Process)
                ? file
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Says where the server listens.</summary>
    public void Write(HubRoot root) =>
        File.WriteAllBytes(FileOf(root), JsonSerializer.SerializeToUtf8Bytes(this, ServerJson.Default.ServerFile));

    /// <summary>Says that it no longer does.</summary>
    public static void Delete(HubRoot root) => File.Delete(FileOf(root));

    private static string FileOf(HubRoot root) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(root.Path, ".hub")).FullName, "server.json");

    private static string KeyFile(HubRoot root) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(root.Path, ".hub")).FullName, "api-key");

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>Writes the server's file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServerFile))]
internal sealed partial class ServerJson : JsonSerializerContext;
