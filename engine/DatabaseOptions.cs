namespace ServerlessHub.Engine;

/// <summary>What a database is opened with.</summary>
public sealed record DatabaseOptions
{
    /// <summary>The database file, made if it is missing; null for one in memory.</summary>
    public string? Path { get; init; }

    /// <summary>How much memory DuckDB may take, in bytes; null for 80 % of the machine's.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>How many threads run queries; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>Where DuckDB puts what does not fit into memory; null for a folder beside the database file, or the working folder.</summary>
    public string? TempDirectory { get; init; }
}
