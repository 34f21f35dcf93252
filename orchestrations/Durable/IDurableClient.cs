namespace ServerlessHub.Orchestrations.Durable;

/// <summary>Starts orchestrations, and looks at and acts on their instances, from outside.</summary>
public interface IDurableClient
{
    /// <summary>Starts an orchestration; when this returns, it survives the end of the process.</summary>
    /// <param name="orchestrator">The orchestrator's name, as it is registered.</param>
    /// <param name="instanceId">The new instance's id.</param>
    /// <param name="input">What it is given, as JSON can hold it.</param>
    /// <param name="ct">Ends the call; whether the instance was started is open then.</param>
    /// <returns>False if there is an instance of this id already, also one that has ended; it is left as it is.</returns>
    Task<bool> Start(string orchestrator, string instanceId, object? input, CancellationToken ct = default);

    /// <summary>Raises an event for an instance, which is kept until it is waited for.</summary>
    /// <returns>False if there is no instance of this id, or it has ended.</returns>
    Task<bool> RaiseEvent(string instanceId, string name, object? data, CancellationToken ct = default);

    /// <summary>Stops an instance from going on until <see cref="Resume"/>; what it has called goes on, and what comes in is kept.</summary>
    /// <returns>False if there is no instance of this id that is open.</returns>
    Task<bool> Suspend(string instanceId, string? reason, CancellationToken ct = default);

    /// <summary>Lets a suspended instance go on.</summary>
    /// <returns>False if there is no instance of this id that is suspended.</returns>
    Task<bool> Resume(string instanceId, string? reason, CancellationToken ct = default);

    /// <summary>Ends an instance, and the orchestrations it has called, where they are. An activity that runs is not stopped, and its result is not looked at.</summary>
    /// <returns>False if there is no instance of this id that is open.</returns>
    Task<bool> Terminate(string instanceId, string? reason, CancellationToken ct = default);

    /// <summary>Forgets an instance that has ended, so that its id is free again.</summary>
    /// <returns>False if there is no instance of this id that has ended.</returns>
    Task<bool> Purge(string instanceId, CancellationToken ct = default);

    /// <summary>An instance as it is now, or null if there is none of this id.</summary>
    Task<InstanceState?> Find(string instanceId, CancellationToken ct = default);

    /// <summary>The instances, in ordinal order of their ids.</summary>
    /// <param name="filter">Which of them.</param>
    /// <param name="ct">Ends it.</param>
    IAsyncEnumerable<InstanceState> List(InstanceFilter filter, CancellationToken ct = default);

    /// <summary>Waits until an instance has ended.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this id.</exception>
    Task<InstanceState> WaitForEnd(string instanceId, CancellationToken ct = default);
}
