namespace ServerlessHub.Lake.Log;

/// <summary>The hint where the newest checkpoint is, so that a reader need not list the whole log.</summary>
internal sealed record LastCheckpoint
{
    public required long Version { get; init; }

    public required long Size { get; init; }

    public long? SizeInBytes { get; init; }

    public long? NumOfAddFiles { get; init; }
}
