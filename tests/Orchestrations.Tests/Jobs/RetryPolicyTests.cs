using ServerlessHub.Orchestrations.Jobs;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(Backoff.Fixed, "10 10 10 10 10")]
    [InlineData(Backoff.Linear, "10 20 30 40 50")]
    [InlineData(Backoff.Exponential, "10 20 40 60 60")]
    public void Delays_grow_as_they_are_told_up_to_the_longest(Backoff backoff, string seconds)
    {
        var policy = new RetryPolicy(5, TimeSpan.FromSeconds(10), backoff, TimeSpan.FromSeconds(60));

        Assert.Equal(seconds, string.Join(' ', Enumerable.Range(1, 5).Select(i => policy.DelayAfter(i)!.Value.TotalSeconds)));
        Assert.Null(policy.DelayAfter(6));
    }

    [Fact]
    public void A_delay_never_overflows() =>
        Assert.Equal(
            TimeSpan.FromDays(1),
            new RetryPolicy(int.MaxValue, TimeSpan.FromDays(1), Backoff.Exponential, TimeSpan.FromDays(1)).DelayAfter(int.MaxValue - 1)
        );
}
