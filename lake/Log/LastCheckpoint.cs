namespace ServerlessHub.Lake.Log;

/// <summary>The hint where the newest checkpoint is, so that a reader need not list the whole log.</summary>
internal sealed record LastCheckpoint
{
    public required long Version { get; init; }

    public required long Size { get; init; }

    public long? SizeInBytes { get; init; }

    public long? NumOfAddFiles { get; init; }

    /// <summary>The file of a checkpoint of the protocol's second kind: some readers look for it nowhere else.</summary>
    public SecondCheckpoint? V2Checkpoint { get; init; }

    /// <summary>The <see cref="JsonChecksum"/> of the hint, so that nobody takes parts of two for one.</summary>
    public string? Checksum { get; init; }
}

/// <summary>A checkpoint of the protocol's second kind, without its sidecars.</summary>
/// <param name="Path">The name of its file.</param>
/// <param name="SizeInBytes">The size of that.</param>
/// <param name="ModificationTime">When it was made, in milliseconds of Unix time.</param>
internal sealed record SecondCheckpoint(string Path, long SizeInBytes, long ModificationTime);
