using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>
/// Runs orchestrations in this process, durably: their histories are in a folder, and one that is run again after a crash goes on where it was. Orchestrators run
/// again from their histories; activities that had not ended are made again.
/// </summary>
public sealed class EmbeddedRuntime : IDurableClient, IAsyncDisposable
{
    private readonly string _folder;
    private readonly JournalDisk _disk;
    private readonly InstanceTurns _turns;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StoreLock? _lock;
    private Journal? _journal;
    private StoreCleanup? _cleanup;
    private long _liveSize;
    private int _atWork;

    /// <summary>A runtime that does nothing until <see cref="Start()"/>.</summary>
    /// <param name="tasks">The orchestrators and activities.</param>
    /// <param name="folder">Where its store is, which no other process may use; it is made when it is not there.</param>
    /// <param name="options">How it shares the machine.</param>
    /// <param name="time">The clock; that of the system if nothing else is given.</param>
    public EmbeddedRuntime(DurableTasks tasks, string folder, EmbeddedOptions? options = null, TimeProvider? time = null)
        : this(tasks, new JournalDisk(folder), options ?? new(), time ?? TimeProvider.System) { }

    internal EmbeddedRuntime(DurableTasks tasks, JournalDisk disk, EmbeddedOptions options, TimeProvider time)
    {
        (Tasks, _disk, _folder, Options, Time) = (tasks, disk, Path.GetFullPath(disk.Folder), options, time);
        History = new InstanceHistory(this);
        _turns = new InstanceTurns(this);
        Live = new LiveInstances(options.LiveInstances);
        Timers = new TimerQueue(time, (instance, generation, fired) => Send(instance, new EventMessage(fired, generation)));
        Activities = new ActivityQueue(
            tasks.Activities,
            options.ActivityConcurrency,
            (instance, generation, end) => Send(instance, new EventMessage(end, generation))
        );
    }

    /// <summary>Why nothing goes on now, such as a full disk; null when all is well. Nothing is accepted until it is over, and nothing that was is lost.</summary>
    public IOException? Failure => _journal?.Failure;

    internal DurableTasks Tasks { get; }

    internal EmbeddedOptions Options { get; }

    internal TimeProvider Time { get; }

    internal LiveInstances Live { get; }

    internal TimerQueue Timers { get; }

    internal ActivityQueue Activities { get; }

    internal ConcurrentDictionary<string, Instance> Instances { get; } = new(StringComparer.Ordinal);

    internal Journal Journal => _journal ?? throw new InvalidOperationException("The runtime has not been started.");

    internal StoreCleanup Cleanup => _cleanup ?? throw new InvalidOperationException("The runtime has not been started.");

    internal InstanceHistory History { get; }

    internal bool IsStopping { get; private set; }

    /// <summary>The bytes of the journal that are still needed.</summary>
    internal long LiveSize => Interlocked.Read(ref _liveSize);

    /// <summary>Takes the store, finds out what there is, and lets all of it go on.</summary>
    /// <exception cref="IOException">Another process uses the store; the message names it.</exception>
    /// <exception cref="InvalidDataException">The store is damaged; the message says where.</exception>
    public void Start()
    {
        if (_journal is not null)
            throw new InvalidOperationException("The runtime was started already.");
        Directory.CreateDirectory(_folder);
        _lock = StoreLock.Take(_folder, Time);
        try
        {
            var scan = new JournalScan(_disk);
            var recovery = Recovery.Of(scan, _disk);
            _journal = new Journal(_disk, scan, Options.SegmentSize);
            foreach (var instance in recovery.Instances)
            {
                Instances[instance.Id] = instance;
                _liveSize += instance.Size;
            }
            foreach (var (instance, timer) in recovery.Timers())
                Timers.Add(instance, instance.Generation, timer.Task, timer.Due);
            foreach (var (instance, message) in recovery.Messages())
                Send(instance, message);
            _cleanup = new StoreCleanup(this);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Stops: activities that run are cancelled and made again after the next start, what has been decided is on disk, and the store is free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_journal is null || IsStopping)
            return;
        IsStopping = true;
        Timers.Dispose();
        await Task.WhenAny(Activities.Stop(), Task.Delay(Options.StopTimeout, Time));
        await Cleanup.DisposeAsync();
        if (Interlocked.Decrement(ref _atWork) >= 0)
            await _quiet.Task;
        _journal.Dispose();
        Activities.Dispose();
        _lock!.Dispose();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no orchestrator of this name.</exception>
    /// <exception cref="IOException">The store cannot be written now.</exception>
    public Task<bool> Start(string orchestrator, string instanceId, object? input, CancellationToken ct = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (!Tasks.Orchestrators.ContainsKey(orchestrator))
            throw new ArgumentException($"There is no orchestrator '{orchestrator}' in this program.", nameof(orchestrator));
        RequireRunning();
        var answer = Answer();
        Send(instanceId, new BeginMessage(new Started(orchestrator, Tasks.Version, Time.GetUtcNow(), null, Json(input)), answer));
        return answer.Task.WaitAsync(ct);
    }

    /// <inheritdoc/>
    public Task<bool> RaiseEvent(string instanceId, string name, object? data, CancellationToken ct = default) =>
        Tell(instanceId, answer => new EventMessage(new EventRaised(name, Json(data)), null, answer), ct);

    /// <inheritdoc/>
    public Task<bool> Suspend(string instanceId, string? reason, CancellationToken ct = default) =>
        Tell(instanceId, answer => new EventMessage(new Suspended(reason ?? ""), null, answer), ct);

    /// <inheritdoc/>
    public Task<bool> Resume(string instanceId, string? reason, CancellationToken ct = default) =>
        Tell(instanceId, answer => new EventMessage(new Resumed(reason ?? ""), null, answer), ct);

    /// <inheritdoc/>
    public Task<bool> Terminate(string instanceId, string? reason, CancellationToken ct = default) =>
        Tell(instanceId, answer => new TerminateMessage(reason ?? "", answer), ct);

    /// <inheritdoc/>
    public Task<bool> Purge(string instanceId, CancellationToken ct = default) => Tell(instanceId, answer => new PurgeMessage(answer), ct);

    /// <inheritdoc/>
    public async Task<InstanceState?> Find(string instanceId, CancellationToken ct = default)
    {
        RequireRunning(toWrite: false);
        while (Instances.TryGetValue(instanceId, out var instance))
        {
            var head = instance.Head;
            if (head.IsNone)
                return null;
            await Journal.WhenDurable(head).WaitAsync(ct);
            try
            {
                if (State(instance, head) is var state && instance.Head == head)
                    return state;
            }
            catch (Exception e) when (instance.Head != head && e is IOException or InvalidDataException or ObjectDisposedException)
            {
                // It has gone on, and the segment that it was in is gone.
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceState> List(InstanceFilter filter, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var ids = Instances.Values.Where(Matches).Select(instance => instance.Id).Order(StringComparer.Ordinal).ToList();
        foreach (var id in ids)
        {
            if (await Find(id, ct) is { } state && (filter.Statuses is null || filter.Statuses.Contains(state.Status)))
                yield return state;
        }

        bool Matches(Instance instance) =>
            instance.Id.StartsWith(filter.Prefix, StringComparison.Ordinal)
            && (filter.Statuses is null || filter.Statuses.Contains(Status(instance)));
    }

    /// <inheritdoc/>
    public async Task<InstanceState> WaitForEnd(string instanceId, CancellationToken ct = default)
    {
        if (Instances.TryGetValue(instanceId, out var instance))
        {
            await instance.WhenEnded().WaitAsync(ct);
            if (await Find(instanceId, ct) is { } state)
                return state;
        }
        throw new KeyNotFoundException($"There is no instance '{instanceId}'.");
    }

    /// <summary>Tells an instance something; it is made when there is none.</summary>
    internal void Send(string instanceId, Message message) => Send(Instances.GetOrAdd(instanceId, static id => new Instance(id)), message);

    /// <summary>Tells an instance something.</summary>
    internal void Send(Instance instance, Message message)
    {
        if (!instance.Post(message))
            return;
        Interlocked.Increment(ref _atWork);
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => work.Runtime.Work(work.Instance),
            (Runtime: this, Instance: instance),
            preferLocal: false
        );
    }

    internal void OnViolation(Orchestration run)
    {
        if (Instances.TryGetValue(run.InstanceId, out var instance))
            Send(instance, new ViolationMessage(run));
    }

    internal void AddLive(long bytes) => Interlocked.Add(ref _liveSize, bytes);

    internal void Forget(Instance instance)
    {
        instance.IsPurged = true;
        Instances.TryRemove(new KeyValuePair<string, Instance>(instance.Id, instance));
        AddLive(-instance.Size);
    }

    /// <summary>Whether a caller may still have to be answered.</summary>
    internal bool IsAwaited(ParentTask? parent) =>
        parent is not null
        && Instances.TryGetValue(parent.InstanceId, out var caller)
        && !caller.HasEnded
        && caller.Generation == parent.Generation;

    private void Work(Instance instance)
    {
        while (instance.Take() is { } messages)
        {
            try
            {
                _turns.Do(instance, messages);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
            {
                if (!IsStopping)
                    InstanceTurns.Hold(instance, TaskFailure.Of(e));
                foreach (var message in messages)
                    message.Answer?.TrySetException(e);
            }
        }
        if (Interlocked.Decrement(ref _atWork) < 0)
            _quiet.TrySetResult();
    }

    private Task<bool> Tell(string instanceId, Func<TaskCompletionSource<bool>, Message> message, CancellationToken ct)
    {
        RequireRunning();
        if (!Instances.TryGetValue(instanceId, out var instance))
            return Task.FromResult(false);
        var answer = Answer();
        Send(instance, message(answer));
        return answer.Task.WaitAsync(ct);
    }

    private void RequireRunning(bool toWrite = true)
    {
        ObjectDisposedException.ThrowIf(IsStopping, this);
        if (toWrite && Journal.Failure is { } failure)
            throw new IOException(failure.Message, failure);
    }

    /// <summary>An instance by the record at its head, which tells whether it has ended; null if that tells that it was forgotten.</summary>
    private InstanceState? State(Instance instance, Position head)
    {
        var record = new RecordReader(Journal.Read(head));
        if (record.Kind == RecordKind.Purged)
            return null;
        if (record.Kind != RecordKind.Ended)
            return new(
                instance.Id,
                instance.Orchestrator,
                Status(instance),
                instance.Created,
                instance.Updated,
                Element(History.CustomStatus(instance)),
                null,
                instance.Held
            );
        var ending = record.Ending();
        return new(
            instance.Id,
            ending.Orchestrator,
            ending.Status,
            ending.Created,
            ending.Ended,
            Element(ending.CustomStatus),
            ending.Status == InstanceStatus.Completed ? Element(ending.Output) : null,
            ending.Failure
        );
    }

    private static InstanceStatus Status(Instance instance) => instance.Held is null ? instance.Status : InstanceStatus.Failed;

    private static JsonElement? Element(ReadOnlyMemory<byte>? json) =>
        json is { IsEmpty: false } bytes ? JsonElement.Parse(bytes.Span) : null;

    private static byte[] Json(object? value) => JsonSerializer.SerializeToUtf8Bytes(value, DurableJson.Options);

    private static TaskCompletionSource<bool> Answer() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
