namespace ServerlessHub.Lake.Log;

/// <summary>The action that says what a client must understand to read, and to write, the table.</summary>
internal sealed record TableProtocol
{
    public required int MinReaderVersion { get; init; }

    public required int MinWriterVersion { get; init; }

    public IReadOnlyList<string>? ReaderFeatures { get; init; }

    public IReadOnlyList<string>? WriterFeatures { get; init; }
}
