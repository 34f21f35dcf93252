using ICSharpCode.SharpZipLib.BZip2;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>The packings of text files: how they are spelt in a document, and by which endings they are known.</summary>
internal static class TextCompression
{
    public const string None = "none";
    public const string Gzip = "gzip";
    public const string Zstd = "zstd";
    public const string Bzip2 = "bzip2";
    public const string Snappy = "snappy";

    private static readonly Dictionary<string, string> Endings = new()
    {
        [".gz"] = Gzip,
        [".gzip"] = Gzip,
        [".zst"] = Zstd,
        [".zstd"] = Zstd,
        [".bz2"] = Bzip2,
        [".bzip2"] = Bzip2,
        [".snappy"] = Snappy,
        [".sz"] = Snappy,
    };

    /// <summary>Those that files are read in.</summary>
    public static IReadOnlyList<string> Readable { get; } = [None, Gzip, Bzip2, Snappy];

    /// <summary>Those that files are written in.</summary>
    public static IReadOnlyList<string> Writable { get; } = [None, Gzip, Zstd, Bzip2, Snappy];

    /// <summary>Whether the engine packs files so while it writes them.</summary>
    public static bool IsWrittenByEngine(string compression) => compression is None or Gzip or Zstd;

    /// <summary>How a file is packed: as it is said, else as its ending says.</summary>
    public static string Of(string file, string? said) =>
        said ?? Endings.GetValueOrDefault(Path.GetExtension(file).ToLowerInvariant(), None);

    /// <summary>The ending that a file packed so gets, with its dot; empty for none.</summary>
    public static string Ending(string compression) => Endings.FirstOrDefault(e => e.Value == compression).Key ?? "";

    /// <summary>Packs a file in place.</summary>
    public static void Compress(string file, string compression)
    {
        var aside = file + ".packed";
        using (var from = File.OpenRead(file))
        using (var to = File.Create(aside))
        using (Stream packed = compression == Bzip2 ? new BZip2OutputStream(to) : IronSnappy.Snappy.OpenWriter(to))
            from.CopyTo(packed);
        File.Move(aside, file, overwrite: true);
    }
}
