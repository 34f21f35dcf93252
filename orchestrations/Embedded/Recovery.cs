using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Finds out from the journal which instances there are and what each of them waits for. Nothing but that is kept of the records.</summary>
internal sealed class Recovery
{
    private readonly Dictionary<string, Found> _found = new(StringComparer.Ordinal);

    /// <summary>The instances, and what is to be done for them to go on.</summary>
    public IEnumerable<Instance> Instances => _found.Values.Select(found => found.Instance);

    /// <summary>Reads a journal.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says where.</exception>
    public static Recovery Of(JournalScan scan, JournalDisk disk)
    {
        var recovery = new Recovery();
        foreach (var (position, bytes) in scan.Read())
            recovery.Add(position, bytes);
        foreach (var found in recovery._found.Values)
        {
            if (found.Broken is { } position)
                throw new InvalidDataException(
                    $"The history of '{found.Instance.Id}' is not whole: what the record at offset {position.Offset} of "
                        + $"'{disk.PathOf(position.Segment)}' follows is missing. Restore the folder from a copy."
                );
        }
        return recovery;
    }

    /// <summary>The timers that were not due yet.</summary>
    public IEnumerable<(Instance Instance, CreateTimer Timer)> Timers() =>
        from found in _found.Values
        from timer in found.Open.All.OfType<CreateTimer>()
        select (found.Instance, timer);

    /// <summary>What instances are to be told: those that wait for something that is not on its way.</summary>
    public IEnumerable<(Instance Instance, Message Message)> Messages()
    {
        foreach (var found in _found.Values.Where(found => !found.Instance.HasEnded))
        {
            var instance = found.Instance;
            if (IsOrphan(instance))
                yield return (instance, new TerminateMessage("The orchestration that called it was terminated."));
            else if (found.Carries || found.Open.All.Any(decision => IsLost(instance, decision)))
                yield return (instance, new ResumeMessage());
        }
    }

    private bool IsOrphan(Instance instance) =>
        instance.Parent is { } parent
        && _found.TryGetValue(parent.InstanceId, out var caller)
        && caller.Instance.Status == InstanceStatus.Terminated
        && caller.Instance.Generation == parent.Generation;

    private bool IsLost(Instance instance, Decision decision) =>
        decision switch
        {
            ScheduleActivity => true,
            StartChild child => !_found.TryGetValue(child.InstanceId, out var called)
                || called.Instance.HasEnded
                || called.Instance.Parent != new ParentTask(instance.Id, instance.Generation, child.Task),
            _ => false,
        };

    private void Add(Position position, ReadOnlyMemory<byte> bytes)
    {
        var record = new RecordReader(bytes);
        if (record.Kind == RecordKind.Purged)
        {
            _found.Remove(record.InstanceId);
            return;
        }
        if (!_found.TryGetValue(record.InstanceId, out var found))
            _found.Add(record.InstanceId, found = new Found(new Instance(record.InstanceId)));
        switch (record.Kind)
        {
            case RecordKind.Turn:
                found.Take(record.Turns(), record.Generation, position, bytes.Length, record.Previous);
                break;
            case RecordKind.History:
                found.Take(record.Turns(), record.Generation, position, bytes.Length, default);
                break;
            case RecordKind.Ended:
                found.Take(record.Ending(), record.Generation, position, bytes.Length);
                break;
            default:
                throw new InvalidDataException(
                    $"'{record.InstanceId}' has a record of kind {record.Kind}, which this version does not know: it was written by a newer one."
                );
        }
    }

    private sealed class Found(Instance instance)
    {
        public Instance Instance => instance;

        public OpenTasks Open { get; private set; } = new();

        /// <summary>Whether the orchestrator has not seen all that was recorded.</summary>
        public bool Carries { get; private set; }

        /// <summary>Where a record follows one that is not there.</summary>
        public Position? Broken { get; private set; }

        public void Take(List<Turn> turns, int generation, Position position, int size, Position previous)
        {
            var isWhole = previous.IsNone;
            if (isWhole)
            {
                (Open, Broken) = (new OpenTasks(), null);
                (instance.Status, instance.CustomStatusAt) = (InstanceStatus.Running, default);
                var started = (Started)turns[0].Events[0];
                (instance.Orchestrator, instance.Created, instance.Parent) = (
                    string.Intern(started.Orchestrator),
                    started.Created,
                    started.Parent
                );
            }
            else if (instance.Head != previous)
            {
                // A history that was moved later, when the segment of its beginning was deleted; or records are missing.
                Broken ??= position;
            }
            instance.Grow(position, size, isWhole);
            instance.Generation = generation;
            foreach (var turn in turns)
                Take(turn);
        }

        public void Take(Ending ending, int generation, Position position, int size)
        {
            instance.Grow(position, size, isWhole: true);
            (Open, Carries, Broken) = (new OpenTasks(), false, null);
            (instance.Orchestrator, instance.Created, instance.Parent) = (
                string.Intern(ending.Orchestrator),
                ending.Created,
                ending.Parent
            );
            (instance.Generation, instance.Status, instance.Updated) = (generation, ending.Status, ending.Ended);
        }

        private void Take(Turn turn)
        {
            Open.Apply(turn, keepInputs: false);
            Carries = !turn.HasRun;
            instance.Updated = turn.Time;
            if (turn.CustomStatus is not null)
                instance.CustomStatusAt = instance.Head;
            foreach (var happened in turn.Events)
            {
                if (happened is Suspended)
                    instance.Status = InstanceStatus.Suspended;
                else if (happened is Resumed)
                    instance.Status = InstanceStatus.Running;
            }
        }
    }
}
