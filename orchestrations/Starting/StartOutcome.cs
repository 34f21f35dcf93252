namespace ServerlessHub.Orchestrations.Starting;

/// <summary>What can come of starting a run.</summary>
public enum StartResult
{
    /// <summary>It was started.</summary>
    Started,

    /// <summary>It was started before; nothing was done.</summary>
    AlreadyStarted,

    /// <summary>It cannot be started as it was asked for, now or later; it is not asked again.</summary>
    Refused,
}

/// <summary>What came of starting a run.</summary>
/// <param name="Result">What.</param>
/// <param name="Reason">Why it was refused; null if it was not.</param>
/// <param name="Hint">What to do about that.</param>
public sealed record StartOutcome(StartResult Result, string? Reason = null, string? Hint = null);
