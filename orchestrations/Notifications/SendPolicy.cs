namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>How often and how long it is tried to tell a target.</summary>
public sealed record SendPolicy
{
    /// <summary>How often it is tried at most.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>How long one try may take: who hangs holds nobody up for longer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long is waited before the second try; twice as long before each further one, and up to a quarter more by chance.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that is waited between two tries, also when the target asks for more.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long is waited after a failed try.</summary>
    /// <param name="attempt">Which it was, from 1.</param>
    /// <param name="asked">What the target asked for; null for nothing.</param>
    internal TimeSpan DelayAfter(int attempt, TimeSpan? asked)
    {
        var own = FirstDelay * Math.Pow(2, attempt - 1) * (1 + Random.Shared.NextDouble() / 4);
        var delay = asked is { } wanted && wanted > own ? wanted : own;
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
