using System.Diagnostics;
using System.Security.Cryptography;
using Azure.Storage.Blobs;

namespace ServerlessHub.Tests.Shared;

/// <summary>
/// Azurite, which answers as Azure Blob storage does, of the tests' own: in a temporary folder, on a free port of the loopback address, with
/// an account whose key nobody else knows. It ends, and its folder goes, with this process, however that ends.
/// </summary>
internal sealed class AzuriteServer : IDisposable
{
    private const string Version = "3.35.0";
    private const string Account = "hubtests";

    // The pipe's end, which even a killed process leaves behind, stops the server and clears up.
    private const string Keeper = """
        node "$1" --location "$2" --blobHost 127.0.0.1 --blobPort 0 --skipApiVersionCheck --disableTelemetry --silent &
        exec >&- 2>&-
        read -r _; kill -s KILL $!; wait $!; rm -rf "$2"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<AzuriteServer> SharedServer = new(() => new AzuriteServer());

    private readonly string _folder = Directory.CreateTempSubdirectory("hub-azurite-").FullName;
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly Process _keeper;
    private int _containers;

    private AzuriteServer()
    {
        var start = new ProcessStartInfo(
            "sh",
            ["-c", Keeper, "sh", NpmPackage.PathOf("azurite", Version, "dist", "src", "blob", "main.js"), _folder]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{_key}";
        _keeper = Process.Start(start)!;
        _keeper.ErrorDataReceived += (_, _) => { };
        _keeper.BeginErrorReadLine();
        Endpoint = $"{ReadAddress()}/{Account}";
        // The program reads it where a user would put it.
        Environment.SetEnvironmentVariable("AZURE_STORAGE_CONNECTION_STRING", ConnectionString);
    }

    /// <summary>The server of this test assembly, started by whoever needs it first.</summary>
    public static AzuriteServer Shared => SharedServer.Value;

    /// <summary>The account's address.</summary>
    public string Endpoint { get; }

    /// <summary>The account's connection string.</summary>
    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};BlobEndpoint={Endpoint};";

    /// <summary>The account's key.</summary>
    public string Key => _key;

    /// <summary>Makes an empty container; so tests that run side by side do not meet.</summary>
    public BlobContainerClient CreateContainer()
    {
        var container = new BlobContainerClient(ConnectionString, $"test-{Environment.ProcessId}-{Interlocked.Increment(ref _containers)}");
        container.Create();
        return container;
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit(Patience);
        _keeper.Dispose();
    }

    private string ReadAddress()
    {
        var said = new List<string>();
        var reading = Task.Run(() =>
        {
            while (_keeper.StandardOutput.ReadLine() is { } line)
            {
                said.Add(line);
                if (line.IndexOf("listens on http://", StringComparison.Ordinal) is > 0 and var at)
                    return line[(at + "listens on ".Length)..].Trim();
            }
            throw new InvalidOperationException($"Azurite does not start:\n{string.Join('\n', said)}");
        });
        return reading.WaitAsync(Patience).GetAwaiter().GetResult();
    }
}
