namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>What a notification tells, and what a target asks to be told.</summary>
public enum NotificationKind
{
    /// <summary>A run has started.</summary>
    Start,

    /// <summary>A run has ended as it should.</summary>
    Success,

    /// <summary>A run has failed, or has completed with errors.</summary>
    Failure,

    /// <summary>A run has ended otherwise, such as cancelled. A target that asks for it is told of every end.</summary>
    Completion,

    /// <summary>A run has not ended by the time it should have. A target that asks for it is also told when that is predicted.</summary>
    Sla,

    /// <summary>A run will likely not end by the time it should, by what earlier runs took.</summary>
    SlaPredicted,
}
