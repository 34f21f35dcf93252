using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>
/// Lets instances do what they are told: each turn is one record of the journal. What only the runtime sees (a sub-orchestration that begins, an answer to
/// its caller) follows at once, since its records come after in the journal and are durable only if this one is; what the world sees (an
/// activity, an answer to a client) follows when the record is on disk.
/// </summary>
internal sealed class InstanceTurns(EmbeddedRuntime runtime)
{
    private readonly InstanceCalls calls = new(runtime);

    private InstanceHistory History => runtime.History;

    /// <summary>Does what an instance was told.</summary>
    public void Do(Instance instance, List<Message> messages)
    {
        var answers = new List<(TaskCompletionSource<bool>, bool)>();
        var events = new List<EventMessage>();
        foreach (var message in messages)
        {
            bool done;
            if (message is EventMessage happened)
            {
                done = Accept(instance, happened);
                if (done)
                    events.Add(happened);
            }
            else
            {
                Go(instance, events);
                events.Clear();
                if (instance.IsPurged && message is BeginMessage)
                {
                    runtime.Send(instance.Id, message);
                    continue;
                }
                done = Do(instance, message);
            }
            if (message.Answer is { } answer)
                answers.Add((answer, done));
        }
        Go(instance, events);
        if (instance.Live is not null && !runtime.Live.Keep(instance))
            instance.Live = null;
        if (answers.Count > 0)
            Answer(instance, answers);
    }

    private void Answer(Instance instance, List<(TaskCompletionSource<bool> Who, bool Done)> answers)
    {
        if (instance.Head.IsNone)
            Tell(Task.CompletedTask);
        else
            runtime.Journal.WhenDurable(instance.Head).ContinueWith(Tell, TaskScheduler.Default);

        void Tell(Task durable)
        {
            foreach (var (who, done) in answers)
            {
                if (durable.Exception is { } lost)
                    who.TrySetException(lost.InnerException!);
                else
                    who.TrySetResult(done);
            }
        }
    }

    private static bool Accept(Instance instance, EventMessage message)
    {
        if (instance.HasEnded || instance.IsPurged || instance.Head.IsNone)
            return false;
        if (message.Generation is { } generation && generation != instance.Generation)
            return false;
        switch (message.Happened)
        {
            case Suspended:
                instance.Status = InstanceStatus.Suspended;
                return true;
            case Resumed when instance.Status != InstanceStatus.Suspended:
                return false;
            case Resumed:
                instance.Status = InstanceStatus.Running;
                return true;
            default:
                return true;
        }
    }

    private bool Do(Instance instance, Message message) =>
        message switch
        {
            BeginMessage begin => Begin(instance, begin.Started),
            TerminateMessage terminate => Terminate(instance, terminate.Reason),
            PurgeMessage => Purge(instance),
            MoveMessage move => Move(instance, move.Segment),
            ResumeMessage => Resume(instance),
            ContinueMessage => Run(instance, []),
            ViolationMessage violation => Violated(instance, violation.Run),
            _ => throw new InvalidOperationException($"{message.GetType().Name} is not known."),
        };

    private bool Begin(Instance instance, Started started)
    {
        if (!instance.Head.IsNone)
        {
            if (started.Parent is null)
                return false;
            if (instance.Parent == started.Parent)
            {
                // The caller's call was seen before a restart; only the answer may have been lost.
                if (instance.HasEnded)
                    calls.AnswerParent(instance, History.Ending(instance));
                return false;
            }
            if (!instance.HasEnded || instance.Parent?.InstanceId != started.Parent.InstanceId)
            {
                var failure = new TaskFailure("InstanceExists", $"There is an instance '{instance.Id}' already that was not called here.");
                calls.Answer(started.Parent, new TaskFailed(started.Parent.Task, failure));
                return false;
            }
        }
        (instance.Orchestrator, instance.Created, instance.Parent) = (started.Orchestrator, started.Created, started.Parent);
        (instance.Generation, instance.Status, instance.CustomStatusAt) = (0, InstanceStatus.Running, default);
        if (!runtime.Tasks.Orchestrators.TryGetValue(started.Orchestrator, out var task))
        {
            End(
                instance,
                InstanceStatus.Failed,
                new TurnEnding(default, new TaskFailure("OrchestratorNotFound", Missing(started.Orchestrator)), null),
                started.Created
            );
            return true;
        }
        var run = instance.Live = new Orchestration(instance.Id, 0, task, runtime.OnViolation);
        Take(instance, run.Run(started.Created, [started]), started.Created, [started], begins: true);
        return true;
    }

    private static string Missing(string orchestrator) => $"There is no orchestrator '{orchestrator}' in this program.";

    private void Go(Instance instance, List<EventMessage> events)
    {
        if (events.Count > 0 && !instance.HasEnded)
            Run(instance, [.. events.Select(message => message.Happened)]);
    }

    private bool Run(Instance instance, List<HistoryEvent> events)
    {
        if (instance.HasEnded || instance.IsPurged)
            return false;
        var now = Latest(instance, events);
        if (!Load(instance))
        {
            if (events.Count > 0)
                History.Append(instance, new Turn(now, events, [], HasRun: false, CustomStatus: null));
            return true;
        }
        var run = instance.Live!;
        events.RemoveAll(happened => !run.Expects(happened));
        if (events.Count == 0 && run.Carried.Count == 0)
            return false;
        Take(instance, run.Run(now, events), now, events, begins: false);
        return true;
    }

    /// <summary>Makes what came of a turn part of the history, and does what was decided.</summary>
    private void Take(Instance instance, TurnResult result, DateTimeOffset now, List<HistoryEvent> events, bool begins)
    {
        if (result.Ending is not { } ending)
            Record(instance, new Turn(now, events, result.Decisions, HasRun: true, result.CustomStatus), begins);
        else if (ending.Kept is { } kept)
            ContinueAsNew(instance, ending.Output, kept, result.CustomStatus, now);
        else
            End(instance, ending.Failure is null ? InstanceStatus.Completed : InstanceStatus.Failed, ending, now, result.CustomStatus);
    }

    private bool Violated(Instance instance, Orchestration run)
    {
        if (instance.HasEnded || instance.IsPurged || run.Generation != instance.Generation || run.Created != instance.Created)
            return false;
        End(instance, InstanceStatus.Failed, TurnEnding.Failed(run.Violation), Latest(instance, []));
        return true;
    }

    private DateTimeOffset Latest(Instance instance, List<HistoryEvent> events)
    {
        var now = runtime.Time.GetUtcNow();
        if (now < instance.Updated)
            now = instance.Updated;
        foreach (var happened in events)
        {
            if (happened is TimerFired fired && fired.Due > now)
                now = fired.Due;
        }
        return now;
    }

    /// <returns>False if its orchestrator cannot go on in this program.</returns>
    private bool Load(Instance instance)
    {
        if (instance.Live is not null)
            return true;
        if (instance.Held is not null)
            return false;
        if (!runtime.Tasks.Orchestrators.TryGetValue(instance.Orchestrator, out var task))
            return Hold(instance, new TaskFailure("OrchestratorNotFound", Missing(instance.Orchestrator)));
        var history = History.Turns(instance.Head);
        var version = ((Started)history[0].Events[0]).Version;
        if (version > runtime.Tasks.Version)
            return Hold(instance, new TaskFailure("LaterVersion", Later(instance, version)));
        var run = new Orchestration(instance.Id, instance.Generation, task, runtime.OnViolation);
        try
        {
            run.Replay(history);
        }
        catch (NonDeterminismException e)
        {
            return Hold(instance, new TaskFailure("NonDeterministic", e.Message));
        }
        instance.Live = run;
        return true;
    }

    private string Later(Instance instance, int version) =>
        $"'{instance.Id}' was begun by a later version of this program ({version}, this is {runtime.Tasks.Version}). It waits for that one.";

    public static bool Hold(Instance instance, TaskFailure why)
    {
        instance.Held = why;
        instance.SetEnded();
        return false;
    }

    private void Record(Instance instance, Turn turn, bool begins)
    {
        var activities = turn.Decisions.OfType<ScheduleActivity>().ToList();
        var generation = instance.Generation;
        History.Append(instance, turn, begins, activities.Count == 0 ? null : () => calls.Schedule(instance, generation, activities));
        calls.Follow(instance, turn);
    }

    /// <summary>The record begins a new history; the orchestrator sees it in a turn of its own, so that one that goes on for ever does not keep its thread.</summary>
    private void ContinueAsNew(
        Instance instance,
        ReadOnlyMemory<byte> input,
        IReadOnlyList<HistoryEvent> kept,
        ReadOnlyMemory<byte>? customStatus,
        DateTimeOffset now
    )
    {
        var task = instance.Live!.Task;
        List<HistoryEvent> carried =
        [
            new Started(instance.Orchestrator, runtime.Tasks.Version, instance.Created, instance.Parent, input),
            .. kept,
        ];
        instance.Generation++;
        History.Append(instance, new Turn(now, carried, [], HasRun: false, customStatus ?? History.CustomStatus(instance)), begins: true);
        instance.Live = new Orchestration(instance.Id, instance.Generation, task, runtime.OnViolation);
        instance.Live.Carry(carried);
        if (!runtime.IsStopping)
            runtime.Send(instance, new ContinueMessage());
    }

    private void End(
        Instance instance,
        InstanceStatus status,
        TurnEnding how,
        DateTimeOffset now,
        ReadOnlyMemory<byte>? customStatus = null
    )
    {
        calls.DropTimers(instance, instance.Live?.Open ?? []);
        var ending = new Ending(
            instance.Orchestrator,
            instance.Created,
            now,
            instance.Parent,
            status,
            how.Output,
            how.Failure,
            customStatus ?? History.CustomStatus(instance) ?? default
        );
        History.End(instance, ending);
        (instance.Status, instance.Live, instance.Held) = (status, null, null);
        // Whoever waits for it looks only now, and then until what it finds is on disk.
        instance.SetEnded();
        runtime.Live.Remove(instance);
        calls.AnswerParent(instance, ending);
    }

    private bool Terminate(Instance instance, string reason)
    {
        if (instance.HasEnded || instance.IsPurged || instance.Head.IsNone)
            return false;
        var open = OpenTasks.Of(History.Turns(instance.Head)).All;
        calls.DropTimers(instance, open);
        var failure = new TaskFailure(InstanceCalls.StoppedType, reason);
        End(instance, InstanceStatus.Terminated, new TurnEnding(default, failure, null), Latest(instance, []));
        calls.Terminate(open, reason);
        return true;
    }

    private bool Purge(Instance instance)
    {
        if (!instance.HasEnded || instance.IsPurged || runtime.IsAwaited(instance.Parent))
            return false;
        History.Purge(instance);
        runtime.Forget(instance);
        return true;
    }

    private bool Move(Instance instance, int segment)
    {
        if (!instance.IsPurged && !instance.Head.IsNone && instance.FirstSegment <= segment)
            History.Move(instance);
        return true;
    }

    /// <summary>Calls again what was called before the process began, and has not answered.</summary>
    private bool Resume(Instance instance)
    {
        if (instance.HasEnded)
            return false;
        var open = OpenTasks.Of(History.Turns(instance.Head)).All;
        Run(instance, []);
        if (instance.Held is not null)
            return false;
        calls.Schedule(instance, instance.Generation, open.OfType<ScheduleActivity>());
        foreach (var child in open.OfType<StartChild>())
            calls.Start(instance, child, instance.Updated);
        return true;
    }
}
