namespace ServerlessHub.Orchestrations.Durable;

/// <summary>The orchestrators and activities that a program has, by the names that histories know them by. A runtime is given one of these.</summary>
public sealed class DurableTasks
{
    private readonly Dictionary<string, OrchestratorTask> orchestrators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivityTask> activities = new(StringComparer.Ordinal);

    /// <summary>
    /// The version of what the orchestrators decide, from 1 on; whoever changes that raises it. An instance keeps the one it began with, and a program goes on
    /// with those of its own version and of earlier ones, never with those of a later one.
    /// </summary>
    public int Version { get; set; } = 1;

    /// <summary>The orchestrators by name.</summary>
    public IReadOnlyDictionary<string, OrchestratorTask> Orchestrators => orchestrators;

    /// <summary>The activities by name.</summary>
    public IReadOnlyDictionary<string, ActivityTask> Activities => activities;

    /// <summary>Registers an orchestrator.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public DurableTasks AddOrchestrator<TInput, TOutput>(string name, Func<IOrchestrationContext, TInput, Task<TOutput>> run)
    {
        orchestrators.Add(name, new(typeof(TInput), typeof(TOutput), async (context, input) => await run(context, (TInput)input!)));
        return this;
    }

    /// <summary>Registers an activity.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public DurableTasks AddActivity<TInput, TOutput>(string name, Func<ActivityCall, TInput, Task<TOutput>> run)
    {
        activities.Add(name, new(typeof(TInput), typeof(TOutput), async (call, input) => await run(call, (TInput)input!)));
        return this;
    }
}

/// <summary>A registered orchestrator.</summary>
/// <param name="Input">The type of its input.</param>
/// <param name="Output">The type of its result.</param>
/// <param name="Run">Runs it.</param>
public sealed record OrchestratorTask(Type Input, Type Output, Func<IOrchestrationContext, object?, Task<object?>> Run);

/// <summary>A registered activity.</summary>
/// <param name="Input">The type of its input.</param>
/// <param name="Output">The type of its result.</param>
/// <param name="Run">Does it.</param>
public sealed record ActivityTask(Type Input, Type Output, Func<ActivityCall, object?, Task<object?>> Run);

/// <summary>One call of an activity.</summary>
/// <param name="InstanceId">The instance that calls it.</param>
/// <param name="Cancellation">Cancelled when the host stops: the call ends then without a result, and is made again by the next host.</param>
public sealed record ActivityCall(string InstanceId, CancellationToken Cancellation);
