using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Reads a record that <see cref="RecordWriter"/> wrote; inputs and results are parts of its bytes, not copies.</summary>
internal struct RecordReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private int _at;

    public RecordReader(ReadOnlyMemory<byte> record)
    {
        _bytes = record;
        Kind = (RecordKind)Byte();
        InstanceId = Text();
        Generation = Kind == RecordKind.Purged ? 0 : Number();
        Previous = Kind == RecordKind.Turn ? new Position(Long()) : default;
    }

    public RecordKind Kind { get; }

    public string InstanceId { get; }

    public int Generation { get; }

    /// <summary>Of a turn: where the one before it is; nowhere for the first one.</summary>
    public Position Previous { get; }

    /// <summary>The turns of a record of a turn or of a history.</summary>
    public List<Turn> Turns()
    {
        var turns = new List<Turn>(Kind == RecordKind.Turn ? 1 : Number());
        for (var left = turns.Capacity; left > 0; left--)
            turns.Add(Turn());
        return turns;
    }

    public Ending Ending() => new(Text(), Time(), Time(), Parent(), (InstanceStatus)Byte(), Bytes(), Failure(), Bytes());

    private Turn Turn()
    {
        var flags = Byte();
        var time = Time();
        var events = new HistoryEvent[Number()];
        for (var i = 0; i < events.Length; i++)
            events[i] = Event();
        var decisions = new Decision[Number()];
        for (var i = 0; i < decisions.Length; i++)
            decisions[i] = Decision();
        return new Turn(time, events, decisions, (flags & 1) != 0, (flags & 2) != 0 ? Bytes() : null);
    }

    private HistoryEvent Event() =>
        (EventKind)Byte() switch
        {
            EventKind.StartedFirst => new Started(Text(), 1, Time(), Parent(), Bytes()),
            EventKind.Started => new Started(Text(), Number(), Time(), Parent(), Bytes()),
            EventKind.TaskCompleted => new TaskCompleted(Number(), Bytes()),
            EventKind.TaskFailed => new TaskFailed(Number(), Failure()!),
            EventKind.TimerFired => new TimerFired(Number(), Time()),
            EventKind.EventRaised => new EventRaised(Text(), Bytes()),
            EventKind.Suspended => new Suspended(Text()),
            EventKind.Resumed => new Resumed(Text()),
            var kind => throw Newer($"event {kind}"),
        };

    private Decision Decision() =>
        (DecisionKind)Byte() switch
        {
            DecisionKind.ScheduleActivity => new ScheduleActivity(Number(), Text(), Bytes()),
            DecisionKind.StartChild => new StartChild(Number(), Text(), Text(), Bytes()),
            DecisionKind.CreateTimer => new CreateTimer(Number(), Time()),
            DecisionKind.CancelTimer => new CancelTimer(Number(), Time()),
            var kind => throw Newer($"decision {kind}"),
        };

    private readonly InvalidDataException Newer(string what) =>
        new($"The history of '{InstanceId}' has {what}, which this version does not know: it was written by a newer one.");

    private ParentTask? Parent() => Byte() == 0 ? null : new ParentTask(Text(), Number(), Number());

    private TaskFailure? Failure()
    {
        var json = Bytes();
        return json.IsEmpty ? null : JsonSerializer.Deserialize<TaskFailure>(json.Span, DurableJson.Options);
    }

    private DateTimeOffset Time() => new(Long(), TimeSpan.Zero);

    private byte Byte() => _bytes.Span[_at++];

    private long Long()
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[_at..]);
        _at += sizeof(long);
        return value;
    }

    private int Number()
    {
        var value = 0u;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
                return (int)value;
        }
    }

    private ReadOnlyMemory<byte> Bytes()
    {
        var length = Number();
        _at += length;
        return _bytes.Slice(_at - length, length);
    }

    private string Text() => Encoding.UTF8.GetString(Bytes().Span);
}
