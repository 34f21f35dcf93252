namespace ServerlessHub.Orchestrations.Runs;

/// <summary>What was started.</summary>
public enum RunKind
{
    /// <summary>A job.</summary>
    Job,

    /// <summary>A pipeline alone, which is a job of one node.</summary>
    Pipeline,

    /// <summary>The export of a table, which is a pipeline of its own that no application has.</summary>
    Export,
}
