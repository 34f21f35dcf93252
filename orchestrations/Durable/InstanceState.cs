using System.Text.Json;

namespace ServerlessHub.Orchestrations.Durable;

/// <summary>Where an orchestration instance stands.</summary>
public enum InstanceStatus
{
    /// <summary>It is started, and its orchestrator has not run yet.</summary>
    Pending,

    /// <summary>It runs, or waits for something.</summary>
    Running,

    /// <summary>It was told to wait.</summary>
    Suspended,

    /// <summary>Its orchestrator returned.</summary>
    Completed,

    /// <summary>Its orchestrator ended with an exception.</summary>
    Failed,

    /// <summary>It was ended from outside.</summary>
    Terminated,
}

/// <summary>An orchestration instance as it is seen from outside.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="Orchestrator">The orchestrator's name.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Created">When it was started.</param>
/// <param name="LastUpdated">When its history last grew.</param>
/// <param name="CustomStatus">How far it says it is; null when it has said nothing.</param>
/// <param name="Output">Its result as JSON; null when it has none.</param>
/// <param name="Failure">Why it failed or was terminated; null otherwise.</param>
public sealed record InstanceState(
    string InstanceId,
    string Orchestrator,
    InstanceStatus Status,
    DateTimeOffset Created,
    DateTimeOffset LastUpdated,
    JsonElement? CustomStatus,
    JsonElement? Output,
    TaskFailure? Failure
)
{
    /// <summary>Whether it has ended, however.</summary>
    public bool HasEnded => Status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated;
}

/// <summary>Which instances are meant.</summary>
/// <param name="Statuses">Those in one of these states; null for all.</param>
/// <param name="Prefix">Those whose id begins so; empty for all.</param>
public sealed record InstanceFilter(IReadOnlyCollection<InstanceStatus>? Statuses = null, string Prefix = "");
