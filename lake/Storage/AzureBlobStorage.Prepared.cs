using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace ServerlessHub.Lake.Storage;

/// <content>
/// Files that are uploaded first and put in place later: the storage keeps the parts of a file under its name, unseen, until a list of them is
/// made its content. Parts that never are it forgets after a week.
/// </content>
public sealed partial class AzureBlobStorage
{
    private const int MaxParts = 50_000;

    // All parts of a file must have ids of one length; this is the one that Azure's client uses.
    private const int PartIdLength = 48;

    /// <summary>Uploads files such that nothing of them is seen before <see cref="TryPublish"/>.</summary>
    /// <param name="files">The files of this machine, and where each is to be in the storage.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="IOException">The storage or the disk fails; nothing is seen of what was uploaded.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not allowed.</exception>
    public IReadOnlyList<PreparedFile> Prepare(IReadOnlyCollection<(string File, string Path)> files, CancellationToken ct = default)
    {
        var prepared = new ConcurrentBag<PreparedFile>();
        Parallelly(files, async (file, ct) => prepared.Add(await PrepareAsync(file.File, Normal(file.Path), ct)), ct);
        return [.. prepared.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>Puts a prepared file in place, whole, over what is there. Doing it again changes nothing.</summary>
    /// <returns>
    /// False if its content is not in the storage any more, and nothing was done: another file took its place since, or it was kept for a week.
    /// </returns>
    /// <exception cref="IOException">The storage fails.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not allowed.</exception>
    public bool TryPublish(PreparedFile file) =>
        Call(
            file.Path,
            () =>
            {
                try
                {
                    Blocks(file.Path).CommitBlockList(Enumerable.Range(0, file.Parts).Select(part => PartId(file.Id, part)));
                    return true;
                }
                catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidBlockList)
                {
                    return false;
                }
            }
        );

    private async Task<PreparedFile> PrepareAsync(string file, string path, CancellationToken ct)
    {
        var id = Guid.NewGuid();
        using var content = File.OpenHandle(file, options: FileOptions.Asynchronous);
        var length = RandomAccess.GetLength(content);
        var size = (int)Math.Max(_options.PartSize, (length + MaxParts - 1) / MaxParts);
        var parts = (int)((length + size - 1) / size);
        var options = new ParallelOptions { MaxDegreeOfParallelism = _options.ParallelParts, CancellationToken = ct };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, parts), options, UploadPartAsync);
        }
        catch (Exception e) when (AzureFailure.IsOne(e, ct) && e is not FileNotFoundException)
        {
            throw AzureFailure.Explain(e, _place, path);
        }
        return new(path, id, parts);

        async ValueTask UploadPartAsync(int part, CancellationToken ct)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                var wanted = (int)Math.Min(size, length - ((long)part * size));
                for (var read = 0; read < wanted; )
                {
                    var more = await RandomAccess.ReadAsync(content, buffer.AsMemory(read, wanted - read), ((long)part * size) + read, ct);
                    read += more > 0 ? more : throw new EndOfStreamException($"'{file}' became shorter while it was uploaded.");
                }
                using var stream = new MemoryStream(buffer, 0, wanted, writable: false);
                await Blocks(path).StageBlockAsync(PartId(id, part), stream, cancellationToken: ct);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private BlockBlobClient Blocks(string path) => _container.GetBlockBlobClient(Full(path));

    private static string PartId(Guid id, int part)
    {
        Span<byte> bytes = stackalloc byte[PartIdLength];
        bytes.Clear();
        id.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], part);
        return Convert.ToBase64String(bytes);
    }
}
