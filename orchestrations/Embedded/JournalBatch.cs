namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Records that are written together, in one write and one flush.</summary>
internal sealed class JournalBatch
{
    private const int Kept = 1 << 20;

    private byte[] _buffer = new byte[64 << 10];
    private TaskCompletionSource? _durable;

    public Position Start { get; private set; }

    public int Size { get; private set; }

    public Position End => new(Start.Segment, Start.Offset + Size);

    public long Number { get; private set; }

    public Memory<byte> Bytes => _buffer.AsMemory(0, Size);

    /// <summary>What waits for the flush, in the order of the records.</summary>
    public List<Action> Actions { get; } = [];

    /// <summary>Ends when the batch is on disk.</summary>
    public Task Durable => (_durable ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Begin(Position start, long number)
    {
        if (_buffer.Length > Kept)
            _buffer = new byte[Kept];
        (Start, Number, Size, _durable) = (start, number, 0, null);
        Actions.Clear();
    }

    public Position Add(ReadOnlySpan<byte> record)
    {
        var size = JournalFormat.RecordHeader + record.Length;
        if (_buffer.Length - Size < size)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Size + size));
        var position = End;
        JournalFormat.WriteLength(_buffer.AsSpan(Size), record.Length);
        record.CopyTo(_buffer.AsSpan(Size + JournalFormat.RecordHeader));
        Size += size;
        return position;
    }

    public bool Contains(Position position) =>
        position.Segment == Start.Segment && position.Offset >= Start.Offset && position.Offset < Start.Offset + Size;

    /// <summary>A copy of the record at a position in this batch, without its header.</summary>
    public byte[] Record(Position position)
    {
        var record = _buffer.AsSpan((int)(position.Offset - Start.Offset));
        return record.Slice(JournalFormat.RecordHeader, JournalFormat.Length(record)).ToArray();
    }

    public void Seal() => JournalFormat.Seal(_buffer.AsSpan(0, Size), Number);

    public void SetDurable() => _durable?.TrySetResult();

    public void SetLost(Exception why) => _durable?.TrySetException(why);
}
