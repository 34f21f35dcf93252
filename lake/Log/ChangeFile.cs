namespace ServerlessHub.Lake.Log;

/// <summary>The action that names a file with the rows that a commit changed; such files are no part of the table's rows.</summary>
internal sealed record ChangeFile
{
    /// <summary>Where the file is, relative to the table, URL-encoded as it stands in the log.</summary>
    public required string Path { get; init; }

    public IReadOnlyDictionary<string, string?>? PartitionValues { get; init; }

    public required long Size { get; init; }

    /// <summary>Always false: the file changes no rows by itself.</summary>
    public bool DataChange { get; init; }

    public IReadOnlyDictionary<string, string?>? Tags { get; init; }
}
