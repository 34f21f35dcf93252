using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>What follows from the decisions of instances outside of their histories: activities, timers, sub-orchestrations, and answers to callers.</summary>
internal sealed class InstanceCalls(EmbeddedRuntime runtime)
{
    /// <summary>The type of failure of what was ended from outside.</summary>
    public const string StoppedType = "Terminated";

    /// <summary>Does what was decided and only the runtime sees.</summary>
    public void Follow(Instance instance, Turn turn)
    {
        foreach (var decision in turn.Decisions)
        {
            switch (decision)
            {
                case CreateTimer timer:
                    runtime.Timers.Add(instance, instance.Generation, timer.Task, timer.Due);
                    break;
                case CancelTimer timer:
                    runtime.Timers.Remove(instance, instance.Generation, timer.Task, timer.Due);
                    break;
                case StartChild child:
                    Start(instance, child, turn.Time);
                    break;
            }
        }
    }

    /// <summary>Lets activities begin, whose calls are on disk.</summary>
    public void Schedule(Instance instance, int generation, IEnumerable<ScheduleActivity> activities)
    {
        foreach (var activity in activities)
            runtime.Activities.Add(instance, generation, activity);
    }

    /// <summary>Starts a sub-orchestration, or asks one that goes on for its answer.</summary>
    public void Start(Instance instance, StartChild child, DateTimeOffset time) =>
        runtime.Send(
            child.InstanceId,
            new BeginMessage(
                new Started(
                    child.Name,
                    runtime.Tasks.Version,
                    time,
                    new ParentTask(instance.Id, instance.Generation, child.Task),
                    child.Input
                )
            )
        );

    /// <summary>Takes back the timers among what is open.</summary>
    public void DropTimers(Instance instance, IEnumerable<Decision> open)
    {
        foreach (var timer in open.OfType<CreateTimer>())
            runtime.Timers.Remove(instance, instance.Generation, timer.Task, timer.Due);
    }

    /// <summary>Ends the sub-orchestrations among what is open.</summary>
    public void Terminate(IEnumerable<Decision> open, string reason)
    {
        foreach (var child in open.OfType<StartChild>())
        {
            if (runtime.Instances.TryGetValue(child.InstanceId, out var called))
                runtime.Send(called, new TerminateMessage(reason));
        }
    }

    /// <summary>Tells the caller of an instance, where it has one, how it ended.</summary>
    public void AnswerParent(Instance instance, Ending ending)
    {
        if (instance.Parent is not { } parent)
            return;
        Answer(
            parent,
            ending.Status == InstanceStatus.Completed
                ? new TaskCompleted(parent.Task, ending.Output)
                : new TaskFailed(parent.Task, ending.Failure ?? new TaskFailure(StoppedType, ""))
        );
    }

    /// <summary>Answers a caller.</summary>
    public void Answer(ParentTask parent, HistoryEvent answer)
    {
        if (runtime.Instances.TryGetValue(parent.InstanceId, out var caller))
            runtime.Send(caller, new EventMessage(answer, parent.Generation));
    }
}
