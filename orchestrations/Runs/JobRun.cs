namespace ServerlessHub.Orchestrations.Runs;

/// <summary>A run of a job, or of a pipeline that was started alone: the document that is kept of it, and shown.</summary>
public sealed record JobRun
{
    /// <summary>The run's id, which is also the id of its durable instance.</summary>
    public required string RunId { get; init; }

    /// <summary>The application.</summary>
    public required string App { get; init; }

    /// <summary>The layer.</summary>
    public required string Layer { get; init; }

    /// <summary>The id of the job, or of the pipeline.</summary>
    public required string Job { get; init; }

    /// <summary>Which of the two it is.</summary>
    public RunKind Kind { get; init; }

    /// <summary>The document's version attribute.</summary>
    public required string Version { get; init; }

    /// <summary>The SHA-256 of the document's bytes in hexadecimal, as <see cref="RevisionStore"/> keeps it.</summary>
    public required string Revision { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>The parameters it was given, in text form.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>What started it, and who.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>The day whose data it is about; null where it is about none.</summary>
    public DateOnly? BusinessDate { get; init; }

    /// <summary>In which lane it runs.</summary>
    public RunLane Lane { get; init; }

    /// <summary>The backfill that it belongs to, or null.</summary>
    public string? BackfillId { get; init; }

    /// <summary>The run of the job that it is a part of, or null.</summary>
    public string? ParentRunId { get; init; }

    /// <summary>The run that it does again, wholly or in part, or null.</summary>
    public string? RerunOf { get; init; }

    /// <summary>When it was accepted. The history is ordered by it.</summary>
    public required DateTimeOffset Queued { get; init; }

    /// <summary>When it began; null before.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>When its SLA wants it to have ended; null where it has none.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Whether it has ended in time; null where it has no SLA.</summary>
    public SlaStatus? Sla { get; init; }

    /// <summary>What failed; null where nothing did.</summary>
    public RunError? Error { get; init; }

    /// <summary>The documents it is pinned to, its own first.</summary>
    public IReadOnlyList<PinnedDocument> Documents { get; init; } = [];

    /// <summary>Its nodes in the order of the document; of a run that goes on those that have begun. Empty where only the run itself was asked for.</summary>
    public IReadOnlyList<NodeRun> Nodes { get; init; } = [];

    /// <summary>Whether it has ended, however.</summary>
    public bool HasEnded => Status is not (JobStatus.Queued or JobStatus.Running);

    /// <summary>How long it took from its start to its end, in seconds; null before its end, or if it never began.</summary>
    public double? Seconds => (Ended - Started)?.TotalSeconds;
}
