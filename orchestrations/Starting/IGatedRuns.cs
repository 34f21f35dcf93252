namespace ServerlessHub.Orchestrations.Starting;

/// <summary>Whether there is a run.</summary>
public enum RunPresence
{
    /// <summary>There is none of this id, not yet or not any more.</summary>
    Unknown,

    /// <summary>It has not ended.</summary>
    Open,

    /// <summary>It has ended.</summary>
    Ended,
}

/// <summary>What <see cref="Admission"/> asks and tells the runs that want a place. Each may be called again for the same run, and does no harm then.</summary>
public interface IGatedRuns
{
    /// <summary>Whether there is a run.</summary>
    Task<RunPresence> Find(string runId, CancellationToken ct);

    /// <summary>Tells a run that waits that it has a place.</summary>
    Task Admit(string runId, CancellationToken ct);

    /// <summary>Asks a run to end, since a newer one wants its place.</summary>
    Task Cancel(string runId, CancellationToken ct);
}
