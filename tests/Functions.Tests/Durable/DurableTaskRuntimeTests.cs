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

    public override async Task DisposeAsync()
    {
        foreach (var hub in _hubs)
            await hub.DisposeAsync();
    }
}
