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

    [Fact]
    public async Task A_timer_that_nobody_waits_for_keeps_its_instance_open_until_it_is_due()
    {
        Tasks.AddOrchestrator<object?, int>(
            "main",
            (context, _) =>
            {
                _ = context.Timer(context.Now + TimeSpan.FromSeconds(2), default);
                return Task.FromResult(1);
            }
        );
        await Begin();
        await Client.Start("main", "i", null);
        await Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(InstanceStatus.Running, (await Client.Find("i"))!.Status);
        await Pass(TimeSpan.FromSeconds(2));
        AssertCompleted(1, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task An_instance_of_a_later_version_waits_for_a_program_of_that_version()
    {
        await Begin(Program(2));
        await Client.Start("main", "i", null);
        await Deploy(Program(1));
        Assert.True(await Client.RaiseEvent("i", "go", 1));
        var held = await Client.WaitForEnd("i");
        Assert.Equal(
            ("LaterVersion", "'i' was begun by a later version of this program (2, this is 1). It waits for that one."),
            (held.Failure?.Type, held.Failure?.Message)
        );
        await Deploy(Program(2));
        AssertCompleted(new[] { 2, 2 }, await Client.WaitForEnd("i"));
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
