namespace ServerlessHub.Orchestrations.Starting;

/// <summary>How far a trigger is: what is lost of it costs waiting, never a file.</summary>
internal sealed record ArrivalState
{
    /// <summary>When the trigger was seen first.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The last entry whose runs were all started.</summary>
    public long Completed { get; init; }

    /// <summary>The entry up to which the taken files stand in one file; 0 for none.</summary>
    public long Checkpoint { get; init; }

    /// <summary>Why nothing is started.</summary>
    public Pause? Paused { get; init; }

    /// <summary>The files that have come and are not taken yet, by name.</summary>
    public IReadOnlyDictionary<string, Candidate> Candidates { get; init; } = new Dictionary<string, Candidate>();

    /// <summary>When the newest file was written that a run with <c>latest</c> was for.</summary>
    public DateTimeOffset? Newest { get; init; }

    /// <summary>When a file was taken last.</summary>
    public DateTimeOffset? LastTaken { get; init; }

    /// <summary>The last deadline that was looked at.</summary>
    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>A file that has come.</summary>
/// <param name="Tag">What it was like when it was looked at last.</param>
/// <param name="Since">Since when it is like that.</param>
/// <param name="First">When it was seen first.</param>
/// <param name="IsTold">Whether it was told that it goes on changing.</param>
internal sealed record Candidate(string Tag, DateTimeOffset Since, DateTimeOffset First, bool IsTold = false);
