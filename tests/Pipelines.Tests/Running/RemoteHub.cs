using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Running;

/// <summary>A hub root that is an address in a storage account, with pipelines of the application <c>crm</c>.</summary>
internal sealed class RemoteHub : IDisposable
{
    private const string Prefix = "hubs/one/";
    private static readonly string Cache = Directory.CreateTempSubdirectory("hub-remote-").FullName;

    static RemoteHub() => Environment.SetEnvironmentVariable("HUB_CACHE", Cache);

    public BlobContainerClient Container { get; } = AzuriteServer.Shared.CreateContainer();

    public string Address => $"{Container.Uri}/hubs/one";

    public void Dispose() => Container.Delete();

    public HubRoot Open(AzureStorageOptions? options = null) => new(Address, options);

    public void Write(string path, string content) => Blob(path).Upload(BinaryData.FromString(content), overwrite: true);

    public string Text(string path) => Blob(path).DownloadContent().Value.Content.ToString();

    public bool Has(string path) => Blob(path).Exists();

    public void Remove(string path) => Blob(path).Delete();

    /// <summary>The files below the application's data, as anybody sees them.</summary>
    public string[] Data(string below = "")
    {
        var prefix = $"{Prefix}data/applications/crm/";
        return
        [
            .. Container
                .GetBlobs(BlobTraits.None, BlobStates.None, prefix + below, CancellationToken.None)
                .Select(blob => blob.Name[prefix.Length..]),
        ];
    }

    /// <summary>Makes a document of sources and targets, <c>crm/staging/load</c>.</summary>
    public void Pipeline(string sources, string targets) =>
        Write(
            "config/applications/crm/staging/pipelines/load.xml",
            $"""
            <pipeline id="load" version="1.0" layer="staging">
              <sources>{sources}</sources>
              <targets>{targets}</targets>
            </pipeline>
            """
        );

    public RunReport Run(string id = "load", HubRoot? root = null, IProgress<RunEvent>? watcher = null, string? runId = null)
    {
        root ??= Open();
        var document = DocumentFile.Read(root, root.Document(DocumentKind.Pipeline, id), new Diagnostics())!;
        return new PipelineRunner(root, new RunOptions { Threads = 2 }, new FixedTime()).Run(
            new RunRequest(document) { RunId = runId },
            watcher
        );
    }

    public RunReport Succeeds(string id = "load", HubRoot? root = null, string? runId = null)
    {
        var report = Run(id, root, runId: runId);
        Assert.True(report.Status == RunStatus.Succeeded, $"{report.Error}; {report.Hint}");
        return report;
    }

    /// <summary>What a minute does for the locks of processes that died.</summary>
    public void EndLocks()
    {
        foreach (var blob in Container.GetBlobs(BlobTraits.None, BlobStates.None, $"{Prefix}.hub/locks/", CancellationToken.None))
            if (blob.Properties.LeaseState == Azure.Storage.Blobs.Models.LeaseState.Leased)
                Container.GetBlobClient(blob.Name).GetBlobLeaseClient().Break(TimeSpan.Zero);
    }

    /// <summary>The rows of a table as a process that begins now reads them.</summary>
    public string[] Rows(string table, string expression)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        var snapshot = new DeltaTable(Open().Storage, TableName.Parse(table, "crm")!.Folder).TryRead()!;
        using var scan = snapshot.Scan(connection);
        return Query(connection, $"SELECT CAST({expression} AS VARCHAR) FROM ({scan.Sql}) ORDER BY ALL");
    }

    /// <summary>The rows of the files that are below a folder of the application's data, read by nothing of ours but the engine.</summary>
    /// <param name="below">The folder or file.</param>
    /// <param name="reader">The engine's function that reads them.</param>
    /// <param name="expression">What is wanted of a row.</param>
    public string[] Files(string below, string reader, string expression)
    {
        var folder = Directory.CreateTempSubdirectory("hub-files-").FullName;
        try
        {
            foreach (var file in Data(below))
            {
                var local = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(local)!);
                Blob($"data/applications/crm/{file}").DownloadTo(local);
            }
            if (Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length == 0)
                return [];
            using var database = Database.Open();
            using var connection = database.Connect();
            var all = Sql.Literal(folder + "/**");
            return Query(connection, $"SELECT CAST({expression} AS VARCHAR) FROM {reader}({all}, hive_partitioning = true) ORDER BY ALL");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Query(Connection connection, string sql)
    {
        using var result = connection.Query(sql);
        return [.. result.Rows().Select(row => (string)row[0]!)];
    }

    private BlobClient Blob(string path) => Container.GetBlobClient(Prefix + path);
}
