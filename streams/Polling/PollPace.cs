namespace ServerlessHub.Streams.Polling;

/// <summary>When a service may be asked next: not too often, and later each time it fails.</summary>
internal sealed class PollPace(int requestsPerMinute, TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>What a service asks for beyond this is not obeyed: by mistake it may be a date in a far year.</summary>
    private static readonly TimeSpan LongestObeyed = TimeSpan.FromHours(1);

    private readonly long _began = time.GetTimestamp();
    private TimeSpan _due;
    private TimeSpan _delay = FirstDelay;

    /// <summary>How long it is until then; not above zero if it is now.</summary>
    public TimeSpan Left => _due - Now;

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>A request is made now.</summary>
    public void Asks() => _due = Now + TimeSpan.FromMinutes(1) / requestsPerMinute;

    /// <summary>The request was answered.</summary>
    public void Succeeds() => _delay = FirstDelay;

    /// <summary>The request failed.</summary>
    /// <param name="retryAfter">How long the service asks to be left alone; null if it does not.</param>
    public void Fails(TimeSpan? retryAfter)
    {
        var asked = retryAfter > LongestObeyed ? LongestObeyed : retryAfter ?? default;
        var due = Now + (asked > _delay ? asked : _delay);
        _due = due > _due ? due : _due;
        _delay = _delay * 2 < LongestDelay ? _delay * 2 : LongestDelay;
    }
}
