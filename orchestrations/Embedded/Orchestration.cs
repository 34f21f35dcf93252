using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>
/// A run of an orchestrator that is in memory: it is given turn after turn, on whatever thread but on one at a time, and says what it decides.
/// Given its history it decides again what it has decided, or is found not to.
/// </summary>
internal sealed class Orchestration
{
    [ThreadStatic]
    private static Orchestration? s_running;

    private readonly Action<Orchestration> _onViolation;
    private readonly TurnContext _turns;
    private readonly OrchestrationContext _context;
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly Queue<HistoryEvent> _whileSuspended = new();
    private readonly List<Decision> _decisions = [];
    private Task<object?>? _root;
    private int _decided;
    private int _lastTask;
    private volatile bool _isViolated;

    /// <param name="instanceId">The instance.</param>
    /// <param name="generation">How often it has continued as new.</param>
    /// <param name="task">The orchestrator.</param>
    /// <param name="onViolation">Called, on any thread, when something foreign is found between turns.</param>
    public Orchestration(string instanceId, int generation, OrchestratorTask task, Action<Orchestration> onViolation)
    {
        (InstanceId, Generation, Task, _onViolation) = (instanceId, generation, task, onViolation);
        _turns = new TurnContext(this);
        _context = new OrchestrationContext(this);
    }

    public string InstanceId { get; }

    public int Generation { get; }

    public OrchestratorTask Task { get; }

    public string Orchestrator { get; private set; } = "";

    public int Version { get; private set; }

    public DateTimeOffset Created { get; private set; }

    public DateTimeOffset Now { get; private set; }

    public bool IsReplaying { get; private set; }

    public bool IsSuspended { get; private set; }

    public bool IsRunningHere => s_running == this;

    public EventInbox Events { get; } = new();

    /// <summary>What was recorded for it and not yet given to it.</summary>
    public IReadOnlyList<HistoryEvent> Carried { get; private set; } = [];

    /// <summary>The custom status that was set in this turn, as JSON.</summary>
    public ReadOnlyMemory<byte>? CustomStatus { get; set; }

    /// <summary>With what it continues as new, when it has returned.</summary>
    public (ReadOnlyMemory<byte> Input, bool KeepEvents)? ContinueAsNew { get; set; }

    /// <summary>What is told of it when it awaits something foreign.</summary>
    public TaskFailure Violation => ForeignAwait.In(Orchestrator, InstanceId);

    /// <summary>What it has called and not heard of yet.</summary>
    public IEnumerable<Decision> Open => _open.Values.Select(open => open.Decision);

    /// <summary>Brings it to where its history ends.</summary>
    /// <exception cref="NonDeterminismException">It decides otherwise.</exception>
    public void Replay(IReadOnlyList<Turn> turns)
    {
        IsReplaying = true;
        foreach (var turn in turns)
        {
            Carried = [.. Carried, .. turn.Events];
            if (!turn.HasRun)
                continue;
            Give(turn.Time, []);
            Compare(turn.Decisions);
        }
        IsReplaying = false;
    }

    /// <summary>To give it these first, when its history begins with what it has not seen.</summary>
    public void Carry(IReadOnlyList<HistoryEvent> events) => Carried = events;

    /// <summary>Whether an answer is one to something that is still open.</summary>
    public bool Expects(HistoryEvent happened) =>
        happened switch
        {
            TaskCompleted completed => _open.ContainsKey(completed.Task),
            TaskFailed failed => _open.ContainsKey(failed.Task),
            TimerFired fired => _open.ContainsKey(fired.Task),
            _ => true,
        };

    /// <summary>Gives it what has come, and takes what it decides.</summary>
    public TurnResult Run(DateTimeOffset now, IReadOnlyList<HistoryEvent> events)
    {
        Give(now, events);
        return new TurnResult([.. _decisions], CustomStatus, Ending());
    }

    /// <summary>Something foreign was found: it ends, failed.</summary>
    public void Violate()
    {
        _isViolated = true;
        if (!IsRunningHere)
            _onViolation(this);
    }

    /// <summary>Holds that the orchestrator's code runs where it may.</summary>
    public void RequireTurn()
    {
        if (IsRunningHere)
            return;
        Violate();
        throw new InvalidOperationException($"Orchestrator '{Orchestrator}' {ForeignAwait.Explanation}");
    }

    public Task<T> Call<T>(Func<int, Decision> decide, string name)
    {
        RequireTurn();
        var result = new TaskCompletionSource<T>();
        Begin(decide(++_lastTask), json => Complete(result, json), failure => result.SetException(new TaskFailedException(name, failure)));
        return result.Task;
    }

    public Task Timer(DateTimeOffset due, CancellationToken cancellation)
    {
        RequireTurn();
        if (cancellation.IsCancellationRequested)
            return System.Threading.Tasks.Task.FromCanceled(cancellation);
        var result = new TaskCompletionSource();
        var task = ++_lastTask;
        var registration = cancellation.Register(() =>
        {
            RequireTurn();
            if (!_open.Remove(task))
                return;
            _decisions.Add(new CancelTimer(task, due));
            result.SetCanceled(cancellation);
        });
        Begin(
            new CreateTimer(task, due),
            _ =>
            {
                registration.Dispose();
                result.SetResult();
            },
            _ => { }
        );
        return result.Task;
    }

    public Task<T> ExternalEvent<T>(string name, CancellationToken cancellation)
    {
        RequireTurn();
        if (cancellation.IsCancellationRequested)
            return System.Threading.Tasks.Task.FromCanceled<T>(cancellation);
        var result = new TaskCompletionSource<T>();
        CancellationTokenRegistration registration = default;
        var waiter = new EventInbox.Waiter(
            name,
            data =>
            {
                registration.Dispose();
                Complete(result, data);
            }
        );
        registration = cancellation.Register(() =>
        {
            RequireTurn();
            if (Events.Cancel(waiter))
                result.SetCanceled(cancellation);
        });
        Events.Wait(waiter);
        return result.Task;
    }

    private void Begin(Decision decision, Action<ReadOnlyMemory<byte>> complete, Action<TaskFailure> fail)
    {
        _decisions.Add(decision);
        _open.Add(decision.Task, new OpenTask(decision, complete, fail));
    }

    private static void Complete<T>(TaskCompletionSource<T> task, ReadOnlyMemory<byte> json)
    {
        T result;
        try
        {
            result = json.IsEmpty ? default! : JsonSerializer.Deserialize<T>(json.Span, DurableJson.Options)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            task.SetException(e);
            return;
        }
        task.SetResult(result);
    }

    private void Give(DateTimeOffset now, IReadOnlyList<HistoryEvent> events)
    {
        _decided += _decisions.Count;
        _decisions.Clear();
        (Now, CustomStatus) = (now, null);
        var carried = Carried;
        Carried = [];
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_turns);
        s_running = this;
        try
        {
            foreach (var happened in carried.Concat(events))
                Deliver(happened);
        }
        finally
        {
            s_running = null;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void Deliver(HistoryEvent happened)
    {
        if (IsSuspended && happened is not Resumed)
        {
            if (happened is not Suspended)
                _whileSuspended.Enqueue(happened);
            return;
        }
        switch (happened)
        {
            case Started started:
                (Orchestrator, Version, Created) = (started.Orchestrator, started.Version, started.Created);
                _root = Execute(started);
                break;
            case TaskCompleted completed when _open.Remove(completed.Task, out var open):
                open.Complete(completed.Result);
                break;
            case TaskFailed failed when _open.Remove(failed.Task, out var open):
                open.Fail(failed.Failure);
                break;
            case TimerFired fired when _open.Remove(fired.Task, out var open):
                open.Complete(default);
                break;
            case EventRaised raised:
                Events.Raise(raised);
                break;
            case Suspended:
                IsSuspended = true;
                break;
            case Resumed:
                IsSuspended = false;
                for (var kept = _whileSuspended.Count; kept > 0; kept--)
                    Deliver(_whileSuspended.Dequeue());
                break;
        }
        _turns.Drain();
    }

    private async Task<object?> Execute(Started started)
    {
        var input = started.Input.IsEmpty ? null : JsonSerializer.Deserialize(started.Input.Span, Task.Input, DurableJson.Options);
        return await Task.Run(_context, input);
    }

    private void Compare(IReadOnlyList<Decision> history)
    {
        for (var i = 0; i < Math.Max(history.Count, _decisions.Count); i++)
        {
            var before = i < history.Count ? history[i] : null;
            var now = i < _decisions.Count ? _decisions[i] : null;
            if (before?.Task != now?.Task || before?.Description != now?.Description)
                throw NonDeterminismException.Of(InstanceId, Orchestrator, _decided + i + 1, before, now);
        }
    }

    private TurnEnding? Ending()
    {
        if (_isViolated || (_root is { IsCompleted: false } && _open.Count == 0 && !Events.IsAwaited && !IsSuspended))
            return TurnEnding.Failed(Violation);
        if (_root is not { IsCompleted: true } || _open.Count > 0)
            return null;
        if (_root.IsCanceled)
            return TurnEnding.Failed(TaskFailure.Of(new OperationCanceledException($"Orchestrator '{Orchestrator}' ended as cancelled.")));
        if (_root.Exception is { } failure)
            return TurnEnding.Failed(TaskFailure.Of(failure.InnerException!));
        if (ContinueAsNew is { } anew)
            return TurnEnding.Anew(anew.Input, Remaining(anew.KeepEvents));
        try
        {
            return TurnEnding.Completed(JsonSerializer.SerializeToUtf8Bytes(_root.Result, Task.Output, DurableJson.Options));
        }
        catch (Exception e)
        {
            return TurnEnding.Failed(TaskFailure.Of(e));
        }
    }

    /// <summary>What the next generation is given besides its input.</summary>
    private List<HistoryEvent> Remaining(bool keepEvents)
    {
        List<HistoryEvent> remaining = keepEvents ? [.. Events.Kept] : [];
        if (!IsSuspended)
            return remaining;
        remaining.Add(new Suspended(""));
        remaining.AddRange(_whileSuspended);
        return remaining;
    }

    private sealed record OpenTask(Decision Decision, Action<ReadOnlyMemory<byte>> Complete, Action<TaskFailure> Fail);
}
