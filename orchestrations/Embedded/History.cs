using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>One step of an orchestration, whole or not there at all: what came in, and what was decided on it.</summary>
/// <param name="Time">The time that the orchestrator saw.</param>
/// <param name="Events">What came in, in order.</param>
/// <param name="Decisions">What was decided, in order.</param>
/// <param name="HasRun">Whether the orchestrator has seen the events; if not, the next turn gives it these first.</param>
/// <param name="CustomStatus">The custom status that was set, as JSON; null if none was.</param>
internal sealed record Turn(
    DateTimeOffset Time,
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<Decision> Decisions,
    bool HasRun,
    ReadOnlyMemory<byte>? CustomStatus
);

/// <summary>The call that a sub-orchestration answers.</summary>
/// <param name="InstanceId">The instance that called.</param>
/// <param name="Generation">How often it had continued as new.</param>
/// <param name="Task">The number of the call.</param>
internal sealed record ParentTask(string InstanceId, int Generation, int Task);

/// <summary>Something that came to an orchestration.</summary>
internal abstract record HistoryEvent;

/// <summary>It begins, or begins anew.</summary>
internal sealed record Started(string Orchestrator, int Version, DateTimeOffset Created, ParentTask? Parent, ReadOnlyMemory<byte> Input)
    : HistoryEvent;

/// <summary>A call returned.</summary>
internal sealed record TaskCompleted(int Task, ReadOnlyMemory<byte> Result) : HistoryEvent;

/// <summary>A call failed.</summary>
internal sealed record TaskFailed(int Task, TaskFailure Failure) : HistoryEvent;

/// <summary>A timer is due.</summary>
internal sealed record TimerFired(int Task, DateTimeOffset Due) : HistoryEvent;

/// <summary>An event was raised.</summary>
internal sealed record EventRaised(string Name, ReadOnlyMemory<byte> Data) : HistoryEvent;

/// <summary>It was told to wait.</summary>
internal sealed record Suspended(string Reason) : HistoryEvent;

/// <summary>It may go on.</summary>
internal sealed record Resumed(string Reason) : HistoryEvent;

/// <summary>Something that an orchestrator decided.</summary>
/// <param name="Task">The number of the task that it is about.</param>
internal abstract record Decision(int Task)
{
    /// <summary>What makes it the same decision in a replay, for people. Inputs are no part of it: they may look different to a newer program.</summary>
    public abstract string Description { get; }
}

/// <summary>To call an activity.</summary>
internal sealed record ScheduleActivity(int Task, string Name, ReadOnlyMemory<byte> Input) : Decision(Task)
{
    public override string Description => $"activity '{Name}'";
}

/// <summary>To call an orchestration.</summary>
internal sealed record StartChild(int Task, string Name, string InstanceId, ReadOnlyMemory<byte> Input) : Decision(Task)
{
    public override string Description => $"orchestration '{Name}' as '{InstanceId}'";
}

/// <summary>To wait for a time.</summary>
internal sealed record CreateTimer(int Task, DateTimeOffset Due) : Decision(Task)
{
    public override string Description => "a timer";
}

/// <summary>To wait for it no longer.</summary>
internal sealed record CancelTimer(int Task, DateTimeOffset Due) : Decision(Task)
{
    public override string Description => $"the end of timer {Task}";
}
