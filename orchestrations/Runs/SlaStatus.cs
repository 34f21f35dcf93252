namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Whether a run keeps the promise of its document's <c>sla</c>.</summary>
public enum SlaStatus
{
    /// <summary>It goes on, and is not late.</summary>
    Open,

    /// <summary>It ended well, and in time.</summary>
    Met,

    /// <summary>It was not done when it should have been.</summary>
    Missed,
}
