namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>How the delay grows from one retry to the next.</summary>
public enum Backoff
{
    /// <summary>It stays the same.</summary>
    Fixed,

    /// <summary>It grows by the first delay each time.</summary>
    Linear,

    /// <summary>It doubles each time.</summary>
    Exponential,
}

/// <summary>How often, and after which time, a node is tried again after a failure that may pass by itself.</summary>
/// <param name="MaxRetries">How many times, after the first attempt; at least 1.</param>
/// <param name="Delay">How long after the first failure; above zero.</param>
/// <param name="Backoff">How the delay grows.</param>
/// <param name="MaxDelay">The longest delay; above zero.</param>
public sealed record RetryPolicy(int MaxRetries, TimeSpan Delay, Backoff Backoff, TimeSpan MaxDelay)
{
    /// <summary>How long after an attempt failed the next one is made; null when there is none.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    public TimeSpan? DelayAfter(int attempt)
    {
        if (attempt > MaxRetries)
            return null;
        var factor = Backoff switch
        {
            Backoff.Fixed => 1,
            Backoff.Linear => attempt,
            _ => Math.Pow(2, attempt - 1),
        };
        // A double holds what would be too long for a time span.
        return Delay.Ticks * factor < MaxDelay.Ticks ? TimeSpan.FromTicks((long)(Delay.Ticks * factor)) : MaxDelay;
    }
}
