namespace ServerlessHub.Streams.Processing;

/// <summary>What a stream may take of the machine.</summary>
public sealed record StreamOptions
{
    /// <summary>The most memory of the engine, in bytes; null for a quarter of the machine's.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>The most threads of the engine; null for one a core.</summary>
    public int? Threads { get; init; }
}
