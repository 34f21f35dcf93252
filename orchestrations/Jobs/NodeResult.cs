namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>How an attempt at a node ended.</summary>
public enum NodeResult
{
    /// <summary>It did what it should; an approval was given.</summary>
    Succeeded,

    /// <summary>It did, and something in it failed that its own policy lets pass: a job within the job was completed with errors.</summary>
    SucceededWithErrors,

    /// <summary>Its condition was not true, so it did nothing.</summary>
    LeftOut,

    /// <summary>It failed in a way that trying again would not mend; an approval was refused, or nobody answered in time.</summary>
    Failed,

    /// <summary>It failed in a way that may pass by itself, or took longer than it may.</summary>
    FailedTransiently,

    /// <summary>It was stopped. Where the job was not cancelled this is as <see cref="Failed"/>.</summary>
    Stopped,
}
