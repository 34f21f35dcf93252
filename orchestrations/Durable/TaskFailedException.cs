namespace ServerlessHub.Orchestrations.Durable;

/// <summary>An activity or an orchestration that was called has failed.</summary>
/// <param name="task">Its name.</param>
/// <param name="failure">Why.</param>
public sealed class TaskFailedException(string task, TaskFailure failure) : Exception($"'{task}' failed: {failure.Message}")
{
    /// <summary>The activity's or orchestrator's name.</summary>
    public string Task { get; } = task;

    /// <summary>Why it failed.</summary>
    public TaskFailure Failure { get; } = failure;
}
