using DurableTask.Core;

namespace ServerlessHub.Functions.Durable;

/// <summary>
/// Where an orchestrator's code runs: on the platform's thread, one turn after the other. What would leave it waiting for ever, because no history can
/// say how it goes on, is found.
/// </summary>
/// <param name="platform">Where the platform runs it.</param>
/// <param name="onForeign">Called, on any thread, when something that is not the platform's goes on with it.</param>
internal sealed class OrchestratorTurns(SynchronizationContext platform, Action onForeign) : SynchronizationContext
{
    private readonly TaskCompletionSource stuck = new();
    private Task? root;
    private int awaited;
    private int depth;
    private volatile bool hasLeft;

    /// <summary>Ends when the orchestrator waits, and for nothing of the platform.</summary>
    public Task Stuck => stuck.Task;

    /// <summary>Runs the orchestrator until it waits.</summary>
    public Task<T> Begin<T>(Func<Task<T>> orchestrator)
    {
        Task<T>? begun = null;
        Run(() => root = begun = orchestrator());
        return begun!;
    }

    /// <summary>Makes a task of the platform that the orchestrator may await.</summary>
    public async Task<T> Await<T>(Func<Task<T>> task)
    {
        Require();
        awaited++;
        try
        {
            return await task();
        }
        finally
        {
            awaited--;
        }
    }

    /// <summary>Looks whether the orchestrator's code has ever run where it may not, also where this is called.</summary>
    public bool HasLeft()
    {
        if (OrchestrationContext.IsOrchestratorThread)
            return hasLeft;
        hasLeft = true;
        onForeign();
        return true;
    }

    /// <summary>Holds that the orchestrator's code runs where it may.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public void Require()
    {
        if (!HasLeft())
            return;
        throw new InvalidOperationException("An orchestrator's context was used on another thread than the orchestrator's.");
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        // What is posted from elsewhere need not be the orchestrator's: whoever writes a log line in its turn wakes up, in it, who sends them.
        if (OrchestrationContext.IsOrchestratorThread)
            platform.Post(_ => Run(() => d(state)), null);
        else
            platform.Post(d, state);
    }

    private void Run(Action work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        depth++;
        try
        {
            work();
        }
        finally
        {
            depth--;
            SetSynchronizationContext(before);
        }
        if (depth == 0 && awaited == 0 && root is { IsCompleted: false })
            stuck.TrySetResult();
    }
}
