namespace ServerlessHub.Orchestrations.Runs;

/// <summary>What a node of a job is.</summary>
public enum NodeKind
{
    /// <summary>A pipeline.</summary>
    Pipeline,

    /// <summary>A person's decision.</summary>
    Approval,

    /// <summary>Another job.</summary>
    Job,
}
