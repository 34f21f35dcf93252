namespace ServerlessHub.Orchestrations.Durable;

/// <summary>
/// All that an orchestrator may do with the world. An orchestrator is run again from its beginning with what its history says whenever it goes on,
/// so it decides by nothing but its input and what these members give: no clock, no chance, no I/O, no thread and no task of its own. The tasks are
/// awaited as they are, without <c>ConfigureAwait(false)</c>, and combined with <see cref="Task.WhenAny(Task[])"/> and <see cref="Task.WhenAll(Task[])"/>.
/// </summary>
public interface IOrchestrationContext
{
    /// <summary>The instance's id.</summary>
    string InstanceId { get; }

    /// <summary>
    /// The version of the program with which this history began, the same in every replay. What a later version decides otherwise it decides only for
    /// histories of its own, and in the old way for those that were open when it came.
    /// </summary>
    int Version { get; }

    /// <summary>The time, the same in every replay: that of the event with which the orchestrator goes on.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Whether what happens now has happened before; what has an effect beside these members, such as a log line, is left out then.</summary>
    bool IsReplaying { get; }

    /// <summary>Calls an activity: it is done at least once, and its result is kept.</summary>
    /// <param name="name">The activity's name, as it is registered.</param>
    /// <param name="input">What it is given, as JSON can hold it. A reference to data, never data.</param>
    /// <exception cref="TaskFailedException">The activity ended with an exception; the task holds it.</exception>
    Task<T> CallActivity<T>(string name, object? input);

    /// <summary>Starts another orchestration and waits for its result.</summary>
    /// <param name="name">The orchestrator's name, as it is registered.</param>
    /// <param name="input">What it is given, as JSON can hold it.</param>
    /// <param name="instanceId">Its instance's id; null for one made from this instance's.</param>
    /// <exception cref="TaskFailedException">It failed, was terminated, or the id belongs to another one; the task holds it.</exception>
    Task<T> CallOrchestrator<T>(string name, object? input, string? instanceId = null);

    /// <summary>A task that ends at a time.</summary>
    /// <param name="dueTime">When; one that is past ends at once.</param>
    /// <param name="cancellation">Ends it before, as cancelled. A timer that nobody waits for any more keeps the instance open until it is cancelled or due.</param>
    Task Timer(DateTimeOffset dueTime, CancellationToken cancellation);

    /// <summary>Waits for an event that is raised for this instance. One that came before it was waited for is kept; of several that wait for one name, the first gets it.</summary>
    /// <param name="name">The event's name, in any case.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    Task<T> ExternalEvent<T>(string name, CancellationToken cancellation = default);

    /// <summary>Says how far it is, for whoever looks at the instance.</summary>
    /// <param name="status">Anything that JSON can hold, short.</param>
    void SetCustomStatus(object? status);

    /// <summary>Ends this history and begins anew under the same id, in the version that the program has now. The orchestrator has to return after it; its result is not looked at.</summary>
    /// <param name="input">The new input.</param>
    /// <param name="keepEvents">Whether events that nobody has waited for are kept.</param>
    void ContinueAsNew(object? input, bool keepEvents = true);

    /// <summary>An id that is the same in every replay, and never twice.</summary>
    Guid NewGuid();
}
