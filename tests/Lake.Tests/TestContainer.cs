using Azure.Storage.Blobs;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

/// <summary>A container of a storage account, and a cache on this machine.</summary>
internal sealed class TestContainer : IDisposable
{
    public BlobContainerClient Client { get; } = AzuriteServer.Shared.CreateContainer();

    public string CacheFolder { get; } = Directory.CreateTempSubdirectory("cache-").FullName;

    public AzurePlace Place(string path = "") => AzurePlace.Parse($"{Client.Uri}/{path}");

    public AzureBlobStorage Open(string path = "", long capacity = 1L << 30, AzureStorageOptions? options = null) =>
        new(Place(path), new FileCache(CacheFolder, capacity), options);

    /// <summary>Copies what is in the container to a folder of this machine, past the storage under test.</summary>
    public void CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var blob in Client.GetBlobs())
        {
            var file = Path.Combine(folder, blob.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            Client.GetBlobClient(blob.Name).DownloadTo(file);
        }
    }

    public void Dispose()
    {
        Client.Delete();
        Directory.Delete(CacheFolder, recursive: true);
    }
}
