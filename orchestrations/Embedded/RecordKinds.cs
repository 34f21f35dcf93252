using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>What a record of the journal is; the numbers stand on disk.</summary>
internal enum RecordKind : byte
{
    /// <summary>A turn of an instance, after another one; one without another begins a history.</summary>
    Turn = 1,

    /// <summary>A whole history that was moved here.</summary>
    History = 2,

    /// <summary>All that is left of an instance that has ended.</summary>
    Ended = 3,

    /// <summary>An instance is forgotten.</summary>
    Purged = 4,
}

/// <summary>The events of a turn, as numbers on disk.</summary>
internal enum EventKind : byte
{
    /// <summary>Of version 1: the version does not stand there.</summary>
    StartedFirst = 1,
    TaskCompleted = 2,
    TaskFailed = 3,
    TimerFired = 4,
    EventRaised = 5,
    Suspended = 6,
    Resumed = 7,
    Started = 8,
}

/// <summary>The decisions of a turn, as numbers on disk.</summary>
internal enum DecisionKind : byte
{
    ScheduleActivity = 1,
    StartChild = 2,
    CreateTimer = 3,
    CancelTimer = 4,
}

/// <summary>How an instance has ended, and what is still to be known about it then.</summary>
internal sealed record Ending(
    string Orchestrator,
    DateTimeOffset Created,
    DateTimeOffset Ended,
    ParentTask? Parent,
    InstanceStatus Status,
    ReadOnlyMemory<byte> Output,
    TaskFailure? Failure,
    ReadOnlyMemory<byte> CustomStatus
);
