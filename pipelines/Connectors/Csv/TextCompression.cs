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

    /// <summary>How a file is packed: as it is said, else as its ending says.</summary>
    public static string Of(string file, string? said) =>
        said ?? Endings.GetValueOrDefault(Path.GetExtension(file).ToLowerInvariant(), None);

    /// <summary>The ending that a file packed so gets, with its dot; empty for none.</summary>
    public static string Ending(string compression) => Endings.FirstOrDefault(e => e.Value == compression).Key ?? "";
}
