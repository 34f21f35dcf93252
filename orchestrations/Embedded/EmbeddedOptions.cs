namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>How an embedded runtime shares the machine.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>How many activities run at the same time; the others wait for their turn. 32 if nothing else is said.</summary>
    public int ActivityConcurrency { get; init; } = 32;

    /// <summary>How many orchestrators are kept in memory while they wait. The others cost a few dozen bytes each, and are replayed from disk when something comes for them.</summary>
    public int LiveInstances { get; init; } = 1_000;

    /// <summary>How long an instance is kept after it has ended. A sub-orchestration is kept until its caller has ended, too.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long stopping waits for activities that were told to end.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From how many bytes on a segment of the journal is followed by a new one.</summary>
    public int SegmentSize { get; init; } = 16 << 20;
}
