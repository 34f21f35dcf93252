namespace ServerlessHub.Lake.Log;

/// <summary>The action that says what the table is: its schema, its partitioning and its properties.</summary>
internal sealed record TableMetadata
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public FileFormat? Format { get; init; }

    public string? SchemaString { get; init; }

    /// <summary>Empty if the table is not partitioned; some writers leave it out then.</summary>
    public IReadOnlyList<string> PartitionColumns
    {
        get;
        init => field = value ?? [];
    } = [];

    public IReadOnlyDictionary<string, string?>? Configuration { get; init; }

    public long? CreatedTime { get; init; }

    public string? Property(string name) => Configuration?.GetValueOrDefault(name);

    public bool IsSet(string property) => string.Equals(Property(property), "true", StringComparison.OrdinalIgnoreCase);
}

/// <summary>How the data files are encoded; the protocol allows Parquet only.</summary>
internal sealed record FileFormat(string Provider, IReadOnlyDictionary<string, string?>? Options);
