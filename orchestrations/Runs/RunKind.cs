namespace ServerlessHub.Orchestrations.Runs;

/// <summary>What was started.</summary>
public enum RunKind
{
    /// <summary>A job.</summary>
    Job,

    /// <summary>A pipeline alone, which is a job of one node.</summary>
    Pipeline,
}
