using Azure;
using Azure.Storage.Blobs.Models;

namespace ServerlessHub.Lake.Storage;

/// <content>Files that the engine reads, fetched into a cache, and files that it wrote, staged there and uploaded.</content>
public sealed partial class AzureBlobStorage
{
    /// <inheritdoc/>
    public string Locate(string path) => _cache.Place(_scope, Normal(path));

    /// <inheritdoc/>
    public FetchedFiles Fetch(IReadOnlyCollection<StoredFile> files, CancellationToken ct = default)
    {
        var places = files.Select(file => _cache.Place(_scope, Normal(file.Path), file.Tag)).ToArray();
        var pins = new IDisposable?[places.Length];
        try
        {
            var missing = files
                .Select((file, index) => (file, index))
                .Where(entry => (pins[entry.index] = FileCache.TryPin(places[entry.index], entry.file.Size)) is null)
                .ToList();
            if (missing.Count == 0)
                return new(places, pins!);
            _cache.MakeRoom(missing.Sum(entry => entry.file.Size));
            Parallelly(missing, async (entry, ct) => pins[entry.index] = await DownloadAsync(entry.file, places[entry.index], ct), ct);
            IDisposable?[] afterwards = _cache.MakeRoom(0) ? [] : [_cache.RoomAfterwards()];
            return new(places, [.. pins!, .. afterwards!]);
        }
        catch
        {
            foreach (var pin in pins)
                pin?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Stage(string folder) => Directory.CreateDirectory(StagedPath(folder)).FullName;

    /// <inheritdoc/>
    public void Persist(IReadOnlyCollection<string> paths, CancellationToken ct = default)
    {
        _cache.MakeRoom(paths.Sum(path => new FileInfo(StagedPath(path)).Length));
        Parallelly(paths, (path, ct) => Task.Run(() => Publish(path, ct), ct), ct);
    }

    private void Publish(string path, CancellationToken ct)
    {
        var staged = StagedPath(path);
        if (Put(path, (blob, options) => blob.UploadAsync(staged, options, ct), Absent(), new FileInfo(staged).Length, ct) is null)
            throw new StorageException($"'{path}' in container '{_place.Container}' is there already.", isTransient: false);
        // Who wrote it is likely to read it.
        FileCache.Adopt(Locate(path), staged);
    }

    private async Task<IDisposable> DownloadAsync(StoredFile file, string place, CancellationToken ct)
    {
        var conditions = file.Tag is { } tag ? new BlobRequestConditions { IfMatch = new ETag(tag) } : null;
        var options = new BlobDownloadToOptions { TransferOptions = _options.Transfer, Conditions = conditions };
        try
        {
            while (true)
            {
                await _cache.FillAsync(place, stream => Blob(file.Path).DownloadToAsync(stream, options, ct));
                if (FileCache.TryPin(place, new FileInfo(place) is { Exists: true } there ? there.Length : file.Size) is { } pin)
                    return pin;
            }
        }
        catch (Exception e) when (AzureFailure.IsOne(e, ct) && e is not FileNotFoundException)
        {
            throw AzureFailure.Explain(e, _place, file.Path);
        }
    }

    private string StagedPath(string path) => Path.GetFullPath(Path.Combine(_cache.Staging.Enter(), _scope, Normal(path)));
}
