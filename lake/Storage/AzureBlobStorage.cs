using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessHub.Lake.Storage;

/// <summary>
/// Tables in Azure Blob storage or ADLS Gen2. The engine reads and writes files of this machine: what it reads is fetched into a cache, what
/// it writes is staged beside it and then uploaded.
/// </summary>
public sealed partial class AzureBlobStorage : ILakeStorage
{
    /// <summary>In a file's metadata: which call wrote it, so that one whose answer was lost recognises its own.</summary>
    private const string WriteId = "hubwrite";

    private readonly AzurePlace _place;
    private readonly FileCache _cache;
    private readonly AzureStorageOptions _options;
    private readonly BlobContainerClient _container;
    private readonly string _scope;

    /// <summary>Opens the storage; nothing is asked of it yet.</summary>
    /// <param name="place">The container, and the path in it that is the storage's root.</param>
    /// <param name="cache">Where files are while the engine reads and writes them.</param>
    /// <param name="options">How the storage is talked to; null for the defaults.</param>
    /// <exception cref="UnauthorizedAccessException">What should open it is no connection string.</exception>
    public AzureBlobStorage(AzurePlace place, FileCache cache, AzureStorageOptions? options = null)
    {
        (_place, _cache, _options) = (place, cache, options ?? new());
        _container = place.Connect(_options.Client());
        _scope = $"{place.Container}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place.ToString())).AsSpan(0, 8))}";
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredFile> List(string folder, string? from = null) =>
        Call(
            folder,
            () =>
                Hierarchy(folder, from)
                    .Where(item => item.IsBlob && !IsFolder(item.Blob.Metadata))
                    .Select(item => Describe(item.Blob))
                    .Where(file => from is null || string.CompareOrdinal(file.Name, from) >= 0)
                    .OrderBy(file => file.Name, StringComparer.Ordinal)
                    .ToList()
        );

    /// <inheritdoc/>
    public IReadOnlyList<StoredFile> ListBelow(string folder) =>
        Call(
            folder,
            () =>
                _container
                    .GetBlobs(BlobTraits.Metadata, BlobStates.None, Prefix(folder), CancellationToken.None)
                    .Where(blob => !IsFolder(blob.Metadata))
                    .Select(Describe)
                    .OrderBy(file => file.Path, StringComparer.Ordinal)
                    .ToList()
        );

    /// <inheritdoc/>
    public IReadOnlyList<string> Folders(string folder) =>
        Call(
            folder,
            () =>
                Hierarchy(folder)
                    .Where(item => item.IsPrefix)
                    .Select(item => Relative(item.Prefix.TrimEnd('/')))
                    .Order(StringComparer.Ordinal)
                    .ToList()
        );

    /// <inheritdoc/>
    public bool HasFolder(string folder) =>
        Call(
            folder,
            () =>
                _container
                    .GetBlobs(BlobTraits.None, BlobStates.None, Prefix(folder), CancellationToken.None)
                    .AsPages(pageSizeHint: 1)
                    .Any(page => page.Values.Count > 0)
        );

    /// <inheritdoc/>
    public StoredFile? Find(string path) =>
        Call<StoredFile?>(
            path,
            () =>
                Properties(path) is { } found && !IsFolder(found.Metadata)
                    ? new StoredFile(Normal(path), found.ContentLength, found.LastModified, Tag(found.ETag))
                    : null
        );

    /// <inheritdoc/>
    public byte[]? Read(string path) =>
        Call<byte[]?>(path, () => Blob(path).DownloadContent().Value.Content.ToArray(), whenMissing: () => null);

    /// <inheritdoc/>
    public byte[]? Read(string path, long offset, int length) =>
        Call<byte[]?>(
            path,
            () =>
            {
                try
                {
                    var options = new BlobDownloadOptions { Range = new HttpRange(offset, length) };
                    return Blob(path).DownloadContent(options).Value.Content.ToArray();
                }
                catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidRange)
                {
                    return [];
                }
            },
            whenMissing: () => null
        );

    /// <inheritdoc/>
    public bool WriteIfAbsent(string path, ReadOnlyMemory<byte> content) => Put(path, content, Absent()) is not null;

    /// <inheritdoc/>
    public StoredFile? TryReplace(string path, ReadOnlyMemory<byte> content, StoredFile? before) =>
        Put(path, content, before is null ? Absent() : new BlobRequestConditions { IfMatch = new ETag(before.Tag!) });

    /// <inheritdoc/>
    public void Replace(string path, string localFile) =>
        Call(path, () => Blob(path).UploadAsync(localFile, Upload()).GetAwaiter().GetResult());

    /// <inheritdoc/>
    public void Delete(string path)
    {
        var staged = StagedPath(path);
        if (File.Exists(staged))
            File.Delete(staged);
        Call(path, () => Blob(path).DeleteIfExists(DeleteSnapshotsOption.IncludeSnapshots));
    }

    /// <inheritdoc/>
    public void Delete(StoredFile known) =>
        Call(
            known.Path,
            () =>
            {
                try
                {
                    var unchanged = new BlobRequestConditions { IfMatch = new ETag(known.Tag!) };
                    return Blob(known.Path).DeleteIfExists(DeleteSnapshotsOption.IncludeSnapshots, unchanged).Value;
                }
                catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ConditionNotMet)
                {
                    return false;
                }
            }
        );

    /// <inheritdoc/>
    public StorageLock? TryLock(string path)
    {
        WriteIfAbsent(path, default);
        return Call<StorageLock?>(path, () => BlobLease.TryTake(Blob(path), _options.Time));
    }

    /// <inheritdoc/>
    public bool DeleteFolder(string path, DateTimeOffset unchangedSince) =>
        Call(
            path,
            () =>
            {
                // Only an account with real folders has something here, and refuses to delete a folder that holds anything.
                if (Properties(path) is not { } found || !IsFolder(found.Metadata) || found.LastModified >= unchangedSince)
                    return false;
                try
                {
                    return Blob(path).DeleteIfExists().Value;
                }
                catch (RequestFailedException e) when (e.Status == 409)
                {
                    return false;
                }
            }
        );

    private static BlobRequestConditions Absent() => new() { IfNoneMatch = ETag.All };

    private StoredFile? Put(string path, ReadOnlyMemory<byte> content, BlobRequestConditions conditions) =>
        Put(
            path,
            async (blob, options) =>
            {
                using var stream = BinaryData.FromBytes(content).ToStream();
                return await blob.UploadAsync(stream, options);
            },
            conditions,
            content.Length
        );

    /// <summary>
    /// Writes a file under conditions; null if they do not hold. An answer that says that it failed, or that they do not hold, may be about what
    /// this call did itself.
    /// </summary>
    private StoredFile? Put(
        string path,
        Func<BlobClient, BlobUploadOptions, Task<Response<BlobContentInfo>>> upload,
        BlobRequestConditions conditions,
        long size,
        CancellationToken ct = default
    )
    {
        var id = Guid.NewGuid().ToString("N");
        var options = Upload();
        options.Conditions = conditions;
        options.Metadata = new Dictionary<string, string> { [WriteId] = id };
        try
        {
            var written = upload(Blob(path), options).GetAwaiter().GetResult().Value;
            return new(Normal(path), size, written.LastModified, Tag(written.ETag));
        }
        catch (Exception e) when (AzureFailure.IsOne(e, ct))
        {
            var found = Call(path, () => Properties(path));
            if (found?.Metadata.TryGetValue(WriteId, out var writer) == true && writer == id)
                return new(Normal(path), size, found.LastModified, Tag(found.ETag));
            return AzureFailure.IsPresent(e) ? null : throw AzureFailure.Explain(e, _place, path);
        }
    }

    private BlobProperties? Properties(string path)
    {
        try
        {
            return Blob(path).GetProperties().Value;
        }
        catch (RequestFailedException e) when (AzureFailure.IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>What is in a folder; from a name on where the storage and the client can leave out what is before it, otherwise all.</summary>
    private Pageable<BlobHierarchyItem> Hierarchy(string folder, string? from = null) =>
#if HUB_FULL
        _container.GetBlobsByHierarchy(
            new()
            {
                Traits = BlobTraits.Metadata,
                Delimiter = "/",
                Prefix = Prefix(folder),
                StartFrom = from is null ? null : Prefix(folder) + from,
            }
        );
#else
        _container.GetBlobsByHierarchy(BlobTraits.Metadata, BlobStates.None, "/", Prefix(folder), CancellationToken.None);
#endif

    private string Prefix(string folder) => Full(folder) is { Length: > 0 } full ? full + "/" : "";

    private StoredFile Describe(BlobItem blob) =>
        new(
            Relative(blob.Name),
            blob.Properties.ContentLength ?? 0,
            blob.Properties.LastModified ?? default,
            blob.Properties.ETag is { } tag ? Tag(tag) : null
        );

    /// <summary>Accounts with real folders list each also as an empty file.</summary>
    private static bool IsFolder(IDictionary<string, string>? metadata) =>
        metadata?.TryGetValue("hdi_isfolder", out var value) == true && value == "true";

    private static string Tag(ETag tag) => tag.ToString("G").Trim('"');

    private BlobUploadOptions Upload() => new() { TransferOptions = _options.Transfer };

    private BlobClient Blob(string path) => _container.GetBlobClient(Full(path));

    private string Full(string path) => string.Join('/', new[] { _place.Path, Normal(path) }.Where(part => part.Length > 0));

    private string Relative(string name) => _place.Path.Length == 0 ? name : name[(_place.Path.Length + 1)..];

    private string Normal(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count == 0 || path.StartsWith('/'))
                throw new ArgumentException($"'{path}' lies outside of '{_place}'.", nameof(path));
            if (part == "..")
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "."))
                parts.Add(part);
        }
        return string.Join('/', parts);
    }

    private void Parallelly<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> work, CancellationToken ct)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = _options.ParallelFiles, CancellationToken = ct };
        Parallel.ForEachAsync(items, options, async (item, ct) => await work(item, ct)).GetAwaiter().GetResult();
    }

    private T Call<T>(string path, Func<T> work, Func<T>? whenMissing = null)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (whenMissing is not null && AzureFailure.IsMissing(e))
        {
            return whenMissing();
        }
        catch (Exception e) when (AzureFailure.IsOne(e, CancellationToken.None))
        {
            throw AzureFailure.Explain(e, _place, path);
        }
    }
}
