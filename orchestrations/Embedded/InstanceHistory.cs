namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>The histories of instances in the journal: what is appended to them, what takes their place, and what they say.</summary>
internal sealed class InstanceHistory(EmbeddedRuntime runtime)
{
    [ThreadStatic]
    private static RecordWriter? s_writer;

    private static RecordWriter Writer => s_writer ??= new RecordWriter();

    /// <summary>The history whose last record is at a position.</summary>
    public List<Turn> Turns(Position head)
    {
        var records = new List<List<Turn>>();
        while (!head.IsNone)
        {
            var record = new RecordReader(runtime.Journal.Read(head));
            records.Add(record.Turns());
            head = record.Previous;
        }
        records.Reverse();
        return [.. records.SelectMany(turns => turns)];
    }

    /// <summary>The custom status of an instance that has not ended, as JSON; null if it has set none.</summary>
    public ReadOnlyMemory<byte>? CustomStatus(Instance instance) =>
        instance.CustomStatusAt.IsNone
            ? null
            : new RecordReader(runtime.Journal.Read(instance.CustomStatusAt))
                .Turns()
                .Last(turn => turn.CustomStatus is not null)
                .CustomStatus;

    /// <summary>How an instance that has ended did.</summary>
    public Ending Ending(Instance instance) => new RecordReader(runtime.Journal.Read(instance.Head)).Ending();

    /// <summary>Adds a turn.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="begins">Whether it takes the place of all before it.</param>
    /// <param name="onDurable">What is to happen when it is on disk; null for nothing.</param>
    public void Append(Instance instance, Turn turn, bool begins = false, Action? onDurable = null)
    {
        var record = Writer.Turn(instance.Id, instance.Generation, begins ? default : instance.Head, turn);
        Grow(instance, record, begins, turn.Time, onDurable);
        if (turn.CustomStatus is not null)
            instance.CustomStatusAt = instance.Head;
    }

    /// <summary>Puts an ending in the place of all before it.</summary>
    public void End(Instance instance, Ending ending)
    {
        Grow(instance, Writer.Ended(instance.Id, instance.Generation, ending), isWhole: true, ending.Ended, null);
        instance.CustomStatusAt = default;
    }

    /// <summary>Notes that an instance is forgotten.</summary>
    public void Purge(Instance instance) => instance.Head = runtime.Journal.Append(Writer.Purged(instance.Id));

    /// <summary>Writes a history anew, as one record at the head of the journal, so that it reaches back no further.</summary>
    public void Move(Instance instance)
    {
        if (instance.HasEnded)
        {
            Grow(instance, Writer.Ended(instance.Id, instance.Generation, Ending(instance)), isWhole: true, instance.Updated, null);
            return;
        }
        var turns = Turns(instance.Head);
        Grow(instance, Writer.History(instance.Id, instance.Generation, turns), isWhole: true, instance.Updated, null);
        if (turns.Exists(turn => turn.CustomStatus is not null))
            instance.CustomStatusAt = instance.Head;
    }

    private void Grow(Instance instance, ReadOnlySpan<byte> record, bool isWhole, DateTimeOffset time, Action? onDurable)
    {
        var position = runtime.Journal.Append(record, onDurable);
        runtime.AddLive(instance.Grow(position, record.Length, isWhole));
        instance.Updated = time;
    }
}
