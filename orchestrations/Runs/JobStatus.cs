namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Where a job's run stands.</summary>
public enum JobStatus
{
    /// <summary>It is accepted, and waits until it may begin.</summary>
    Queued,

    /// <summary>Its nodes run, or wait for something.</summary>
    Running,

    /// <summary>Every node did what it should, or was left out by its own condition.</summary>
    Completed,

    /// <summary>It went to its end, and a node failed on the way that the policy lets it go on without.</summary>
    CompletedWithErrors,

    /// <summary>A node failed, and the policy ends the job there.</summary>
    Failed,

    /// <summary>A person, or a newer run, ended it.</summary>
    Cancelled,

    /// <summary>It never began: the job's concurrency policy did not admit it.</summary>
    Skipped,
}
