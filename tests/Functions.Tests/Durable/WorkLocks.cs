using DurableTask.Core;
using DurableTask.Core.Query;
using Microsoft.DurableTask.Testing.Sidecar;

namespace ServerlessHub.Functions.Tests.Durable;

/// <summary>What one worker has taken from a task hub. When it loses its locks, as one that died does, all of it goes back, and what it still says counts for nothing.</summary>
internal sealed class WorkLocks(InMemoryOrchestrationService store) : IOrchestrationService, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly HashSet<TaskOrchestrationWorkItem> _turns = [];
    private readonly HashSet<TaskActivityWorkItem> _activities = [];

    /// <summary>Whether no turn of an orchestrator is under way, or yet to be the first of its instance.</summary>
    public async Task<bool> IsAtRest()
    {
        var pending = new OrchestrationQuery { RuntimeStatus = [OrchestrationStatus.Pending] };
        var isBegun = (await store.GetOrchestrationWithQueryAsync(pending, CancellationToken.None)).OrchestrationState.Count == 0;
        lock (_gate)
            return isBegun && _turns.Count == 0;
    }

    public void Lose()
    {
        lock (_gate)
        {
            _lost.Cancel();
            foreach (var activity in _activities)
                store.AbandonTaskActivityWorkItemAsync(activity);
            foreach (var turn in _turns)
            {
                store.AbandonTaskOrchestrationWorkItemAsync(turn);
                store.ReleaseTaskOrchestrationWorkItemAsync(turn);
            }
        }
    }

    // Otherwise the dispatcher does two at a time, and looks twice a second whether it may do more.
    public int MaxConcurrentTaskOrchestrationWorkItems => 100;

    public int MaxConcurrentTaskActivityWorkItems => 1_000;

    public int TaskOrchestrationDispatcherCount => store.TaskOrchestrationDispatcherCount;

    public int TaskActivityDispatcherCount => store.TaskActivityDispatcherCount;

    public BehaviorOnContinueAsNew EventBehaviourForContinueAsNew => store.EventBehaviourForContinueAsNew;

    public async Task<TaskOrchestrationWorkItem> LockNextTaskOrchestrationWorkItemAsync(TimeSpan receiveTimeout, CancellationToken ct)
    {
        var turn = await Next(token => store.LockNextTaskOrchestrationWorkItemAsync(receiveTimeout, token), ct);
        lock (_gate)
        {
            if (!_lost.IsCancellationRequested)
            {
                _turns.Add(turn);
                return turn;
            }
            store.AbandonTaskOrchestrationWorkItemAsync(turn);
            store.ReleaseTaskOrchestrationWorkItemAsync(turn);
        }
        return await Never<TaskOrchestrationWorkItem>(ct);
    }

    public async Task<TaskActivityWorkItem> LockNextTaskActivityWorkItem(TimeSpan receiveTimeout, CancellationToken ct)
    {
        var activity = await Next(token => store.LockNextTaskActivityWorkItem(receiveTimeout, token), ct);
        lock (_gate)
        {
            if (!_lost.IsCancellationRequested)
            {
                _activities.Add(activity);
                return activity;
            }
            store.AbandonTaskActivityWorkItemAsync(activity);
        }
        return await Never<TaskActivityWorkItem>(ct);
    }

    public Task CompleteTaskOrchestrationWorkItemAsync(
        TaskOrchestrationWorkItem workItem,
        OrchestrationRuntimeState newOrchestrationRuntimeState,
        IList<TaskMessage> outboundMessages,
        IList<TaskMessage> orchestratorMessages,
        IList<TaskMessage> timerMessages,
        TaskMessage continuedAsNewMessage,
        OrchestrationState orchestrationState
    ) =>
        WhileLocked(() =>
            store.CompleteTaskOrchestrationWorkItemAsync(
                workItem,
                newOrchestrationRuntimeState,
                outboundMessages,
                orchestratorMessages,
                timerMessages,
                continuedAsNewMessage,
                orchestrationState
            )
        );

    public Task AbandonTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem) =>
        WhileLocked(() => store.AbandonTaskOrchestrationWorkItemAsync(workItem));

    public Task ReleaseTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem) =>
        WhileLocked(() =>
        {
            _turns.Remove(workItem);
            return store.ReleaseTaskOrchestrationWorkItemAsync(workItem);
        });

    public Task CompleteTaskActivityWorkItemAsync(TaskActivityWorkItem workItem, TaskMessage responseMessage) =>
        WhileLocked(() =>
        {
            _activities.Remove(workItem);
            return store.CompleteTaskActivityWorkItemAsync(workItem, responseMessage);
        });

    public Task AbandonTaskActivityWorkItemAsync(TaskActivityWorkItem workItem) =>
        WhileLocked(() =>
        {
            _activities.Remove(workItem);
            return store.AbandonTaskActivityWorkItemAsync(workItem);
        });

    public Task RenewTaskOrchestrationWorkItemLockAsync(TaskOrchestrationWorkItem workItem) => Task.CompletedTask;

    public Task<TaskActivityWorkItem> RenewTaskActivityWorkItemLockAsync(TaskActivityWorkItem workItem) => Task.FromResult(workItem);

    public bool IsMaxMessageCountExceeded(int currentMessageCount, OrchestrationRuntimeState runtimeState) => false;

    public int GetDelayInSecondsAfterOnProcessException(Exception exception) => 0;

    public int GetDelayInSecondsAfterOnFetchException(Exception exception) => 0;

    public Task StartAsync() => Task.CompletedTask;

    public Task StopAsync() => Task.CompletedTask;

    public Task StopAsync(bool isForced) => Task.CompletedTask;

    public Task CreateAsync() => Task.CompletedTask;

    public Task CreateAsync(bool recreateInstanceStore) => Task.CompletedTask;

    public Task CreateIfNotExistsAsync() => Task.CompletedTask;

    public Task DeleteAsync() => Task.CompletedTask;

    public Task DeleteAsync(bool deleteInstanceStore) => Task.CompletedTask;

    public void Dispose() => _lost.Dispose();

    private Task WhileLocked(Func<Task> work)
    {
        lock (_gate)
            return _lost.IsCancellationRequested ? Task.CompletedTask : work();
    }

    private async Task<T> Next<T>(Func<CancellationToken, Task<T>> take, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _lost.Token);
        try
        {
            return await take(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return await Never<T>(ct);
        }
    }

    private static async Task<T> Never<T>(CancellationToken ct)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        throw new OperationCanceledException(ct);
    }
}
