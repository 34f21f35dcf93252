using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Writes the bytes of a record; <see cref="RecordReader"/> reads them.</summary>
internal sealed class RecordWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Begins a record.</summary>
    public RecordWriter Begin(RecordKind kind, string instanceId)
    {
        _length = 0;
        Byte((byte)kind);
        Text(instanceId);
        return this;
    }

    /// <summary>A turn, and where the one before it is.</summary>
    public ReadOnlySpan<byte> Turn(string instanceId, int generation, Position previous, Turn turn)
    {
        Begin(RecordKind.Turn, instanceId);
        Number(generation);
        Long(previous.Value);
        Turn(turn);
        return Written;
    }

    /// <summary>A whole history.</summary>
    public ReadOnlySpan<byte> History(string instanceId, int generation, IReadOnlyList<Turn> turns)
    {
        Begin(RecordKind.History, instanceId);
        Number(generation);
        Number(turns.Count);
        foreach (var turn in turns)
            Turn(turn);
        return Written;
    }

    /// <summary>All that is left of an instance that has ended.</summary>
    public ReadOnlySpan<byte> Ended(string instanceId, int generation, Ending ending)
    {
        Begin(RecordKind.Ended, instanceId);
        Number(generation);
        Text(ending.Orchestrator);
        Time(ending.Created);
        Time(ending.Ended);
        Parent(ending.Parent);
        Byte((byte)ending.Status);
        Bytes(ending.Output.Span);
        Failure(ending.Failure);
        Bytes(ending.CustomStatus.Span);
        return Written;
    }

    /// <summary>That an instance is forgotten.</summary>
    public ReadOnlySpan<byte> Purged(string instanceId)
    {
        Begin(RecordKind.Purged, instanceId);
        return Written;
    }

    private void Turn(Turn turn)
    {
        Byte((byte)((turn.HasRun ? 1 : 0) | (turn.CustomStatus is null ? 0 : 2)));
        Time(turn.Time);
        Number(turn.Events.Count);
        foreach (var happened in turn.Events)
            Event(happened);
        Number(turn.Decisions.Count);
        foreach (var decision in turn.Decisions)
            Decision(decision);
        if (turn.CustomStatus is { } status)
            Bytes(status.Span);
    }

    private void Event(HistoryEvent happened)
    {
        switch (happened)
        {
            case Started started:
                Byte((byte)EventKind.Started);
                Text(started.Orchestrator);
                Number(started.Version);
                Time(started.Created);
                Parent(started.Parent);
                Bytes(started.Input.Span);
                break;
            case TaskCompleted completed:
                Byte((byte)EventKind.TaskCompleted);
                Number(completed.Task);
                Bytes(completed.Result.Span);
                break;
            case TaskFailed failed:
                Byte((byte)EventKind.TaskFailed);
                Number(failed.Task);
                Failure(failed.Failure);
                break;
            case TimerFired fired:
                Byte((byte)EventKind.TimerFired);
                Number(fired.Task);
                Time(fired.Due);
                break;
            case EventRaised raised:
                Byte((byte)EventKind.EventRaised);
                Text(raised.Name);
                Bytes(raised.Data.Span);
                break;
            case Suspended suspended:
                Byte((byte)EventKind.Suspended);
                Text(suspended.Reason);
                break;
            case Resumed resumed:
                Byte((byte)EventKind.Resumed);
                Text(resumed.Reason);
                break;
            default:
                throw new InvalidOperationException($"{happened.GetType().Name} has no form on disk.");
        }
    }

    private void Decision(Decision decision)
    {
        switch (decision)
        {
            case ScheduleActivity activity:
                Byte((byte)DecisionKind.ScheduleActivity);
                Number(activity.Task);
                Text(activity.Name);
                Bytes(activity.Input.Span);
                break;
            case StartChild child:
                Byte((byte)DecisionKind.StartChild);
                Number(child.Task);
                Text(child.Name);
                Text(child.InstanceId);
                Bytes(child.Input.Span);
                break;
            case CreateTimer timer:
                Byte((byte)DecisionKind.CreateTimer);
                Number(timer.Task);
                Time(timer.Due);
                break;
            case CancelTimer timer:
                Byte((byte)DecisionKind.CancelTimer);
                Number(timer.Task);
                Time(timer.Due);
                break;
            default:
                throw new InvalidOperationException($"{decision.GetType().Name} has no form on disk.");
        }
    }

    private void Parent(ParentTask? parent)
    {
        Byte(parent is null ? (byte)0 : (byte)1);
        if (parent is null)
            return;
        Text(parent.InstanceId);
        Number(parent.Generation);
        Number(parent.Task);
    }

    private void Failure(TaskFailure? failure) =>
        Bytes(failure is null ? default : JsonSerializer.SerializeToUtf8Bytes(failure, DurableJson.Options));

    private void Time(DateTimeOffset time) => Long(time.UtcTicks);

    private void Byte(byte value) => Space(1)[0] = value;

    private void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Space(sizeof(long)), value);

    private void Number(int value)
    {
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
            Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        bytes.CopyTo(Space(bytes.Length));
    }

    private void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        Encoding.UTF8.GetBytes(text, Space(length));
    }

    private Span<byte> Space(int size)
    {
        if (_buffer.Length - _length < size)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        _length += size;
        return _buffer.AsSpan(_length - size, size);
    }
}
