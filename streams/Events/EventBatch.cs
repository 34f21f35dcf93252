namespace ServerlessHub.Streams.Events;

/// <summary>
/// Events of one or several partitions, column by column, as the engine takes them. The events of a partition are put in in the order of their
/// offsets. It keeps its memory for the next batch when it is cleared. One thread at a time may use it.
/// </summary>
public sealed class EventBatch
{
    /// <summary>Pages beyond these are given back when the batch is cleared.</summary>
    private const int KeptPages = 512;

    private readonly List<EventPage> _pages = [];
    private readonly Dictionary<SourcePartition, int> _slots = [];
    private readonly List<(SourcePartition Partition, OffsetRange Range)> _ranges = [];
    private int _used;
    private (SourcePartition Partition, int Slot) _last = (default, -1);

    /// <summary>How many events there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes their values, keys and headers have.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the source took the first and the last of them, in microseconds since 1970-01-01T00:00Z; zero where there are none.</summary>
    public (long First, long Last) Enqueued { get; private set; }

    /// <summary>
    /// Whether whoever read the events gave them their offsets: what the raw table has under one of them is another event then, and not this one come
    /// again.
    /// </summary>
    public bool HasOwnOffsets { get; set; }

    /// <summary>The partitions, and from where to where their events go.</summary>
    public IReadOnlyList<(SourcePartition Partition, OffsetRange Range)> Ranges => _ranges;

    internal IReadOnlyList<EventPage> Pages => _pages[.._used];

    /// <summary>Puts an event in.</summary>
    /// <exception cref="ArgumentException">An event of the same partition with this or a later offset is in already.</exception>
    public void Add(SourcePartition partition, in StreamEvent e)
    {
        var slot = Slot(partition, e.Offset);
        if (_used == 0 || _pages[_used - 1].IsFull)
        {
            if (_used == _pages.Count)
                _pages.Add(new());
            _used++;
        }
        _pages[_used - 1].Add(slot, e);
        Enqueued =
            Count == 0 ? (e.EnqueuedAt, e.EnqueuedAt) : (Math.Min(Enqueued.First, e.EnqueuedAt), Math.Max(Enqueued.Last, e.EnqueuedAt));
        Count++;
        Bytes += e.Value.Length + e.Key.Length + e.Headers.Length;
    }

    /// <summary>Takes all events out.</summary>
    public void Clear()
    {
        for (var i = 0; i < _used; i++)
            _pages[i].Clear();
        if (_pages.Count > KeptPages)
            _pages.RemoveRange(KeptPages, _pages.Count - KeptPages);
        _slots.Clear();
        _ranges.Clear();
        (_used, Count, Bytes, Enqueued, _last, HasOwnOffsets) = (0, 0, 0, default, (default, -1), false);
    }

    private int Slot(SourcePartition partition, long offset)
    {
        // Events of a partition come in runs, so the dictionary is seldom asked.
        var slot = _last.Slot >= 0 && _last.Partition == partition ? _last.Slot : _slots.GetValueOrDefault(partition, -1);
        if (slot < 0)
        {
            slot = _ranges.Count;
            _slots.Add(partition, slot);
            _ranges.Add((partition, new(offset, offset)));
        }
        else if (offset <= _ranges[slot].Range.Last)
            throw new ArgumentException($"Offset {offset} of {partition} comes after {_ranges[slot].Range.Last}.", nameof(offset));
        else
            _ranges[slot] = (partition, _ranges[slot].Range with { Last = offset });
        _last = (partition, slot);
        return slot;
    }
}
