namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>What happens when a node of a job has failed for good.</summary>
public enum FailureAction
{
    /// <summary>Nothing new is started, what runs may finish, and the job fails.</summary>
    Halt,

    /// <summary>The nodes that depend on it are skipped, and theirs in turn.</summary>
    Skip,

    /// <summary>The nodes that depend on it run as if it had succeeded.</summary>
    Continue,

    /// <summary>Another pipeline runs in its place; if that fails too, it is as <see cref="Halt"/>.</summary>
    Fallback,
}
