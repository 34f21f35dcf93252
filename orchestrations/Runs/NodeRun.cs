namespace ServerlessHub.Orchestrations.Runs;

/// <summary>What became of one node in a run of a job.</summary>
public sealed record NodeRun
{
    /// <summary>The node's id in the job's document.</summary>
    public required string Node { get; init; }

    /// <summary>What it is.</summary>
    public NodeKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required NodeStatus Status { get; init; }

    /// <summary>The pipeline or job that it runs, as <c>app/layer/id</c>; null for an approval.</summary>
    public string? Document { get; init; }

    /// <summary>The revision of that document that this run is pinned to; null for an approval.</summary>
    public string? Revision { get; init; }

    /// <summary>How often it was tried in this run.</summary>
    public int Attempts { get; init; }

    /// <summary>The id under which its pipeline ran, the same in every attempt; or its job. Null while it has not begun, and for an approval.</summary>
    public string? ChildRunId { get; init; }

    /// <summary>The id under which its fallback ran; null where it did not.</summary>
    public string? FallbackRunId { get; init; }

    /// <summary>The run in which it succeeded, where this run keeps that instead of doing it again; null where it does not.</summary>
    public string? KeptFrom { get; init; }

    /// <summary>When everything it depends on was there; null before.</summary>
    public DateTimeOffset? Queued { get; init; }

    /// <summary>When its first attempt began; null before.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Rows read from its sources.</summary>
    public long RowsRead { get; init; }

    /// <summary>Rows written to its targets.</summary>
    public long RowsWritten { get; init; }

    /// <summary>Rows that could not be read.</summary>
    public long RowsRejected { get; init; }

    /// <summary>Bytes stored.</summary>
    public long Bytes { get; init; }

    /// <summary>How far it is while it runs; null before and after.</summary>
    public NodeProgress? Progress { get; init; }

    /// <summary>Why it failed; of one that is tried again, why the last attempt did. Null where nothing did.</summary>
    public RunError? Error { get; init; }

    /// <summary>What else there is to know, such as which targets were committed before; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What a person decided; null before, and where nobody is asked.</summary>
    public ApprovalDecision? Decision { get; init; }

    /// <summary>Whether nothing more becomes of it in this run.</summary>
    public bool HasEnded => Status is not (NodeStatus.Waiting or NodeStatus.Running or NodeStatus.WaitingForApproval);

    /// <summary>How long it took from its first attempt to its end, in seconds; null before its end, or if it never began.</summary>
    public double? Seconds => (Ended - Started)?.TotalSeconds;
}

/// <summary>How far a node is.</summary>
/// <param name="Stage">What it does.</param>
/// <param name="Percent">How much of that is done, 0 to 100; null where nobody knows.</param>
public sealed record NodeProgress(string Stage, double? Percent);

/// <summary>What a person decided on an approval.</summary>
/// <param name="Approved">Whether it may go on.</param>
/// <param name="By">Who decided.</param>
/// <param name="Reason">Why; null where nothing was said.</param>
/// <param name="At">When.</param>
public sealed record ApprovalDecision(bool Approved, string By, string? Reason, DateTimeOffset At);
