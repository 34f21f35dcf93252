namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Runs what an orchestrator awaits on the thread of its turn, one after the other; what comes from another thread is foreign.</summary>
internal sealed class TurnContext(Orchestration orchestration) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (orchestration.IsRunningHere)
            _posted.Enqueue((d, state));
        else
            orchestration.Violate();
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (orchestration.IsRunningHere)
            d(state);
        else
            orchestration.Violate();
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what was posted until there is nothing.</summary>
    public void Drain()
    {
        while (_posted.TryDequeue(out var posted))
            posted.Callback(posted.State);
    }
}
