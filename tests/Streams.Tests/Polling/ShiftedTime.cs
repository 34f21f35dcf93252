namespace ServerlessHub.Streams.Tests.Polling;

/// <summary>The system's clock, set forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private TimeSpan _by;

    public void Advance(TimeSpan by) => _by += by;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_by.TotalSeconds * TimestampFrequency);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _by;
}
