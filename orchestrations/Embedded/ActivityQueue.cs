using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Does the activities that orchestrations have called, so many at the same time, the longest waiting first.</summary>
internal sealed class ActivityQueue : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Call> _waiting = new();
    private readonly IReadOnlyDictionary<string, ActivityTask> _activities;
    private readonly int _concurrency;
    private readonly Action<Instance, int, HistoryEvent> _onEnd;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    /// <param name="activities">By name.</param>
    /// <param name="concurrency">How many at the same time.</param>
    /// <param name="onEnd">Told the instance that called, its generation and how the activity ended.</param>
    public ActivityQueue(
        IReadOnlyDictionary<string, ActivityTask> activities,
        int concurrency,
        Action<Instance, int, HistoryEvent> onEnd
    ) => (_activities, _concurrency, _onEnd) = (activities, concurrency, onEnd);

    public void Add(Instance instance, int generation, ScheduleActivity activity)
    {
        lock (_lock)
        {
            _waiting.Enqueue(new Call(instance, generation, activity));
            if (_running == _concurrency || _stop.IsCancellationRequested)
                return;
            _running++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.Work(), this, preferLocal: false);
    }

    /// <summary>Tells those that run to end, and lets no more begin.</summary>
    /// <returns>Ends when none runs any more.</returns>
    public Task Stop()
    {
        _stop.Cancel();
        lock (_lock)
        {
            if (_running == 0)
                _idle.TrySetResult();
        }
        return _idle.Task;
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Does one after the other until none waits.</summary>
    private async Task Work()
    {
        while (Next() is { } call)
        {
            if (call.Instance.HasEnded)
                continue;
            if (await Do(call) is { } end)
                _onEnd(call.Instance, call.Generation, end);
        }
    }

    private Call? Next()
    {
        lock (_lock)
        {
            if (!_stop.IsCancellationRequested && _waiting.TryDequeue(out var call))
                return call;
            if (--_running == 0 && _stop.IsCancellationRequested)
                _idle.TrySetResult();
            return null;
        }
    }

    /// <returns>How it ended; null if it is to be made again after the next start.</returns>
    private async Task<HistoryEvent?> Do(Call call)
    {
        var (task, name, input) = call.Activity;
        try
        {
            if (!_activities.TryGetValue(name, out var activity))
                return new TaskFailed(task, new TaskFailure("ActivityNotFound", $"There is no activity '{name}' in this program."));
            var value = input.IsEmpty ? null : JsonSerializer.Deserialize(input.Span, activity.Input, DurableJson.Options);
            var result = await activity.Run(new ActivityCall(call.Instance.Id, _stop.Token), value);
            return new TaskCompleted(task, JsonSerializer.SerializeToUtf8Bytes(result, activity.Output, DurableJson.Options));
        }
        catch (Exception e)
        {
            // What fails while the host stops may have failed because of that.
            return _stop.IsCancellationRequested ? null : new TaskFailed(task, TaskFailure.Of(e));
        }
    }

    private sealed record Call(Instance Instance, int Generation, ScheduleActivity Activity);
}
