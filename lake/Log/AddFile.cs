namespace ServerlessHub.Lake.Log;

/// <summary>The action that makes a data file part of the table.</summary>
internal sealed record AddFile
{
    /// <summary>Where the file is, relative to the table, URL-encoded as it stands in the log.</summary>
    public required string Path { get; init; }

    public IReadOnlyDictionary<string, string?>? PartitionValues { get; init; }

    public required long Size { get; init; }

    public long? ModificationTime { get; init; }

    /// <summary>False only if the file holds rows that were in the table already.</summary>
    public bool? DataChange { get; init; }

    /// <summary>The statistics, as the JSON document that the log holds in a string.</summary>
    public string? Stats { get; init; }

    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    public DeletionVector? DeletionVector { get; init; }

    public long? BaseRowId { get; init; }

    public long? DefaultRowCommitVersion { get; init; }

    public string? ClusteringProvider { get; init; }

    public RemoveFile Removed(DateTimeOffset when) =>
        new()
        {
            Path = Path,
            DeletionTimestamp = when.ToUnixTimeMilliseconds(),
            DataChange = true,
            ExtendedFileMetadata = true,
            PartitionValues = PartitionValues ?? new Dictionary<string, string?>(),
            Size = Size,
            Tags = Tags,
            DeletionVector = DeletionVector,
            BaseRowId = BaseRowId,
            DefaultRowCommitVersion = DefaultRowCommitVersion,
        };
}
