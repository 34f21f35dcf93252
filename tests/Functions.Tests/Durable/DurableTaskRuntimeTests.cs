using System.Collections.Concurrent;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Tests.Durable;

namespace ServerlessHub.Functions.Tests.Durable;

/// <summary>The platform's own worker as every durable runtime, with the hub's orchestrators and activities as the app registers them.</summary>
public sealed class DurableTaskRuntimeTests : DurableRuntimeCompliance
{
    private readonly List<TestTaskHub> _hubs = [];

    protected override Task<IDurableClient> Create()
    {
        _hubs.Add(new TestTaskHub());
        return _hubs[^1].Start(Tasks);
    }

    protected override async Task<IDurableClient> Crash()
    {
        await _hubs[^1].Crash();
        return await _hubs[^1].Start(Tasks);
    }

    /// <summary>The platform has no clock but the machine's.</summary>
    protected override Task Pass(TimeSpan time) => Task.Delay(time);

    [Fact]
    public async Task What_an_orchestrators_turn_wakes_up_beside_it_goes_on()
    {
        var woken = new TaskCompletionSource();
        var beside = Beside();
        Tasks.AddOrchestrator<object?, bool>("main", (context, _) => Task.FromResult(woken.TrySetResult()));
        await Begin();
        await Client.Start("main", "i", null);
        await Client.WaitForEnd("i");
        await beside.WaitAsync(TimeSpan.FromMinutes(1));

        async Task Beside()
        {
            // It is waked on the orchestrator's thread, and goes on on another one.
            await woken.Task;
            await Task.Run(() => { });
        }
    }

    [Fact]
    public async Task An_orchestrator_that_ends_on_another_thread_fails()
    {
        var foreign = new ConcurrentQueue<TaskCompletionSource>();
        Tasks.AddOrchestrator<object?, int>(
            "main",
            async (context, _) =>
            {
                var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                foreign.Enqueue(elsewhere);
                await Task.WhenAny(context.ExternalEvent<int>("never"), elsewhere.Task);
                return 1;
            }
        );
        await Begin();
        await Client.Start("main", "i", null);
        await Until("i", state => state.Status == InstanceStatus.Running);
        Assert.True(foreign.TryDequeue(out var first));
        first.SetResult();
        Assert.Equal(InstanceStatus.Failed, (await Client.WaitForEnd("i")).Status);
    }

    [Fact]
    public async Task A_worker_of_an_earlier_version_leaves_an_instance_to_those_of_its_own()
    {
        await Begin(Program(2));
        await Client.Start("main", "i", null);
        await Until("i", state => state.Status == InstanceStatus.Running);
        await Deploy(Program(1));
        await Client.RaiseEvent("i", "go", 1);
        Assert.Same(_hubs[^1].Rejected, await Task.WhenAny(_hubs[^1].Rejected, Client.WaitForEnd("i")));
        await Deploy(Program(2));
        AssertCompleted(new[] { 2, 2 }, await Client.WaitForEnd("i"));
    }

    public override async Task DisposeAsync()
    {
        foreach (var hub in _hubs)
            await hub.DisposeAsync();
    }
}
