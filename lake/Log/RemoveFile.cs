namespace ServerlessHub.Lake.Log;

/// <summary>The action that takes a data file out of the table; later a tombstone, until old readers are done with the file.</summary>
internal sealed record RemoveFile
{
    /// <summary>Where the file is, relative to the table, URL-encoded as it stands in the log.</summary>
    public required string Path { get; init; }

    public long? DeletionTimestamp { get; init; }

    /// <summary>False only if the rows of the file are still in the table, in another one.</summary>
    public bool? DataChange { get; init; }

    public bool? ExtendedFileMetadata { get; init; }

    public IReadOnlyDictionary<string, string?>? PartitionValues { get; init; }

    public long? Size { get; init; }

    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    public DeletionVector? DeletionVector { get; init; }

    public long? BaseRowId { get; init; }

    public long? DefaultRowCommitVersion { get; init; }
}
