using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Tests.Durable;

namespace ServerlessHub.Orchestrations.Tests.Embedded;

/// <summary>The embedded runtime as every durable runtime.</summary>
public class EmbeddedRuntimeTests : DurableRuntimeCompliance
{
    private readonly AlarmClock _clock = new();
    private readonly List<TestStore> _stores = [];

    protected virtual EmbeddedOptions Options { get; } = new();

    protected override Task<IDurableClient> Create() => Task.FromResult<IDurableClient>(Open(new TestStore()));

    /// <summary>What is on disk now is what a crash would leave.</summary>
    protected override async Task<IDurableClient> Crash()
    {
        var left = _stores[^1].Copy();
        await _stores[^1].Close();
        return Open(left);
    }

    protected override Task Pass(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }

    public override Task DisposeAsync()
    {
        foreach (var store in _stores)
            store.Dispose();
        return Task.CompletedTask;
    }

    private EmbeddedRuntime Open(TestStore store)
    {
        _stores.Add(store);
        return store.Open(Tasks, Options, _clock);
    }
}

/// <summary>The same, with no orchestrator kept in memory: each turn replays all before it. Segments are as small as they can be.</summary>
public sealed class ReplayingRuntimeTests : EmbeddedRuntimeTests
{
    protected override EmbeddedOptions Options { get; } =
        new()
        {
            LiveInstances = 0,
            ActivityConcurrency = 2,
            SegmentSize = 512,
        };
}
