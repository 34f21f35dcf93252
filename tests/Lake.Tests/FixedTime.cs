namespace ServerlessHub.Lake.Tests;

/// <summary>A clock that says the same time always.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
