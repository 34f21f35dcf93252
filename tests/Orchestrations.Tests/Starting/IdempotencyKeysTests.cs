using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Tests.Starting;

public sealed class IdempotencyKeysTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly TestClock clock = new(DateTimeOffset.UtcNow);

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task A_key_stands_for_its_first_run_and_for_nothing_else()
    {
        Assert.Equal(new KeyClaim("r1", true, false), await Claim("k", "r1", ("a", "1"), ("b", "2")));
        Assert.Equal(new KeyClaim("r1", false, false), await Claim("k", "r2", ("b", "2"), ("a", "1")));
        Assert.Equal(new KeyClaim("r1", false, true), await Claim("k", "r3", ("a", "1")));
        Assert.Equal(new KeyClaim("r1", false, true), await Claim("k", "r3", ("a", "1"), ("b", "2 ")));
        Assert.Equal(new KeyClaim("r4", true, false), await Claim("K", "r4", ("a", "1")));
        var other = await Keys().Claim("other", "k", new Dictionary<string, string>(), "r5");
        Assert.True(other.IsNew);
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_all_get_one_run()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => Claim("k", $"r{i}"))));
        Assert.Single(claims.Select(c => c.RunId).Distinct());
        Assert.Single(claims, c => c.IsNew);
    }

    [Fact]
    public async Task A_key_is_known_for_a_day_and_forgotten_after()
    {
        await Claim("k", "r1");
        clock.Now += IdempotencyKeys.Kept - TimeSpan.FromSeconds(1);
        Assert.False((await Claim("k", "r2")).IsNew);
        Assert.Equal(0, Keys().Sweep());
        clock.Now += TimeSpan.FromSeconds(2);
        Assert.Equal(new KeyClaim("r3", true, false), await Claim("k", "r3"));
        clock.Now += 3 * IdempotencyKeys.Kept;
        Assert.Equal(1, Keys().Sweep());
        Assert.True((await Claim("k", "r4")).IsNew);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public async Task What_can_be_no_key_is_refused(string key) => await Assert.ThrowsAsync<RunException>(() => Claim(key, "r1"));

    private Task<KeyClaim> Claim(string key, string runId, params (string Name, string Value)[] parameters) =>
        Keys().Claim("orders", key, parameters.ToDictionary(p => p.Name, p => p.Value), runId);

    private IdempotencyKeys Keys() => new(hub.Root.Storage, clock);
}
