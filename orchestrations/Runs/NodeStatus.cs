namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Where a node of a job's run stands.</summary>
public enum NodeStatus
{
    /// <summary>It waits for what it depends on, for a slot, or for its next attempt.</summary>
    Waiting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It waits for a person.</summary>
    WaitingForApproval,

    /// <summary>It did what it should, in this run or in the one that this run reruns.</summary>
    Succeeded,

    /// <summary>It failed for good.</summary>
    Failed,

    /// <summary>It was left out: by its condition, or because what it depends on was left out or failed under <c>skip</c>.</summary>
    Skipped,

    /// <summary>The job ended before it began.</summary>
    NotStarted,

    /// <summary>It was stopped while it ran.</summary>
    Cancelled,

    /// <summary>It failed, and its fallback succeeded in its place.</summary>
    Replaced,
}
