namespace ServerlessHub.Lake.Log;

/// <summary>The action that says what a client must understand to read, and to write, the table.</summary>
internal sealed record TableProtocol
{
    /// <summary>The reader version from which on features are listed.</summary>
    public const int FeatureReader = 3;

    /// <summary>The writer version from which on features are listed.</summary>
    public const int FeatureWriter = 7;

    /// <summary>Features that came with a version, before there were lists: the reader version, if readers must know, and the writer version.</summary>
    private static readonly Dictionary<string, (int? Reader, int Writer)> ByVersion = new()
    {
        ["appendOnly"] = (null, 2),
        ["invariants"] = (null, 2),
        ["checkConstraints"] = (null, 3),
        ["changeDataFeed"] = (null, 4),
        ["generatedColumns"] = (null, 4),
        ["columnMapping"] = (2, 5),
        ["identityColumns"] = (null, 6),
    };

    /// <summary>The protocol of a new table, which nearly any client reads and writes.</summary>
    public static TableProtocol Oldest { get; } = new() { MinReaderVersion = 1, MinWriterVersion = 2 };

    public required int MinReaderVersion { get; init; }

    public required int MinWriterVersion { get; init; }

    public IReadOnlyList<string>? ReaderFeatures { get; init; }

    public IReadOnlyList<string>? WriterFeatures { get; init; }

    /// <summary>Whether writers of the table must respect a feature; that it is in use is another thing.</summary>
    public bool Supports(string feature) =>
        MinWriterVersion >= FeatureWriter
            ? WriterFeatures?.Contains(feature) == true
            : ByVersion.TryGetValue(feature, out var since) && MinWriterVersion >= since.Writer;

    /// <summary>The protocol of a table with further features; one that it has anyway changes nothing.</summary>
    /// <param name="features">Features, and whether readers must know them, too.</param>
    public TableProtocol With(IReadOnlyCollection<(string Name, bool IsForReaders)> features)
    {
        var missing = features.Where(feature => !Supports(feature.Name) || (feature.IsForReaders && !IsReadable(feature.Name))).ToList();
        if (missing.Count == 0)
            return this;
        var writer = Listed(WriterFeatures, since => since.Writer <= MinWriterVersion).Union(missing.Select(feature => feature.Name));
        var forReaders = missing.Where(feature => feature.IsForReaders).Select(feature => feature.Name).ToList();
        var isOld = MinReaderVersion < FeatureReader && forReaders.Count == 0;
        var readers = isOld ? null : Listed(ReaderFeatures, since => since.Reader <= MinReaderVersion).Union(forReaders).ToList();
        return new()
        {
            MinReaderVersion = isOld ? MinReaderVersion : FeatureReader,
            MinWriterVersion = FeatureWriter,
            ReaderFeatures = readers,
            WriterFeatures = [.. writer.Union(readers ?? [])],
        };
    }

    private bool IsReadable(string feature) =>
        MinReaderVersion >= FeatureReader
            ? ReaderFeatures?.Contains(feature) == true
            : ByVersion.TryGetValue(feature, out var since) && MinReaderVersion >= since.Reader;

    /// <summary>The features that are listed, or that came with the version.</summary>
    private static IEnumerable<string> Listed(IReadOnlyList<string>? features, Func<(int? Reader, int Writer), bool> isImplied) =>
        features ?? ByVersion.Where(feature => isImplied(feature.Value)).Select(feature => feature.Key);
}
