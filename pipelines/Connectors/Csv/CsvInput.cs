using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.BZip2;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Opens files as streams of UTF-8: unpacked, and turned from another encoding.</summary>
/// <param name="encoding">The encoding of the files; null for UTF-8.</param>
/// <param name="compression">How they are packed; null to go by their endings.</param>
internal sealed class CsvInput(Encoding? encoding, string? compression)
{
    /// <summary>Opens a file.</summary>
    /// <exception cref="RunException">It cannot be opened, or is in another encoding than it should be.</exception>
    public Stream Open(SourceFile file)
    {
        try
        {
            var packing = TextCompression.Of(file.Name, compression);
            if (packing == TextCompression.Zstd)
                throw new RunException($"{file.Name} is packed with zstd, which is not read here", "pack it with gzip");
            var bytes = new FileStream(file.Location, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
            var unpacked = packing switch
            {
                TextCompression.Gzip => new GZipStream(bytes, CompressionMode.Decompress),
                TextCompression.Bzip2 => new BZip2InputStream(new BufferedStream(bytes, 1 << 16)),
                TextCompression.Snappy => IronSnappy.Snappy.OpenReader(bytes),
                _ => (Stream)bytes,
            };
            return encoding is null ? unpacked : Encoding.CreateTranscodingStream(unpacked, encoding, new UTF8Encoding(false));
        }
        catch (Exception e) when (Explain(e, file, 0) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>A file that grew or was replaced while it was read would have been read in part.</summary>
    /// <exception cref="RunException">It changed.</exception>
    public static void CheckUnchanged(SourceFile file)
    {
        var now = new FileInfo(file.Location);
        if (!now.Exists || now.Length != file.Length || now.LastWriteTimeUtc != file.Modified.UtcDateTime)
            throw new RunException($"{file.Name} changed while it was read", "run it again when the file is complete", isTransient: true);
    }

    /// <summary>What an error of a stream means to the user, or null when it is none of a file.</summary>
    public static RunException? Explain(Exception e, SourceFile file, long line) =>
        e switch
        {
            RunException => null,
            FileNotFoundException or DirectoryNotFoundException => new($"{file.Name} is not there any more", inner: e),
            UnauthorizedAccessException => new($"{file.Name} may not be read", "give the hub's user the right to read it", inner: e),
            DecoderFallbackException => new(
                $"{file.Name}: the bytes behind line {line} are not in the encoding that is given",
                "set encoding to what the file is in",
                inner: e
            ),
            InvalidDataException or BZip2Exception or IOException { Message: "corrupt input" } => new(
                $"{file.Name} is damaged, or not packed as its ending or compression says: {e.Message}",
                "fetch it again, or correct compression",
                inner: e
            ),
            IOException => new($"{file.Name} cannot be read: {e.Message}", isTransient: true, inner: e),
            _ => null,
        };
}
