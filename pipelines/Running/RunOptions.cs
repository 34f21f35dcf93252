namespace ServerlessHub.Pipelines.Running;

/// <summary>What a run may use.</summary>
public sealed record RunOptions
{
    /// <summary>
    /// Memory for the run, in bytes: the engine's, and 256 MiB of it for the process around it. What does not fit goes to disk. Null for 60 % of
    /// the machine's.
    /// </summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Threads for the engine at most, of which each needs 256 MiB of its memory; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>Where a run's own folder is made, for what spills and for files on the way; null for <c>.hub/work</c> below the hub root.</summary>
    public string? WorkFolder { get; init; }
}

/// <summary>A run that is asked for.</summary>
/// <param name="Document">The pipeline's document.</param>
public sealed record RunRequest(DocumentFile Document)
{
    /// <summary>Parameters by name, in text form.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The id; null for a new one. The id of an earlier run means that run again: what it committed is left as it is.</summary>
    public string? RunId { get; init; }

    /// <summary>Which attempt of the run this is, from 1.</summary>
    public int Attempt { get; init; } = 1;
}
