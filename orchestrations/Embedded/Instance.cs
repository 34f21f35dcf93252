using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>
/// An instance as it is in memory, which is little while it waits: where its history is, and how it is seen from outside. Only one thread at a
/// time works on it; what comes meanwhile is kept in its inbox.
/// </summary>
/// <param name="id">Its id.</param>
internal sealed class Instance(string id)
{
    private List<Message>? _inbox;
    private bool _isAtWork;
    private bool _isToBeEvicted;
    private TaskCompletionSource? _ended;

    public string Id => id;

    public string Orchestrator { get; set; } = "";

    public DateTimeOffset Created { get; set; }

    public DateTimeOffset Updated { get; set; }

    public ParentTask? Parent { get; set; }

    public int Generation { get; set; }

    public InstanceStatus Status { get; set; }

    /// <summary>Why it cannot go on in this program; null when it can.</summary>
    public TaskFailure? Held { get; set; }

    /// <summary>Where its last record is; nowhere for one that has not begun.</summary>
    public Position Head { get; set; }

    /// <summary>Where the record is that has its custom status.</summary>
    public Position CustomStatusAt { get; set; }

    /// <summary>The oldest segment that its history reaches back to.</summary>
    public int FirstSegment { get; set; }

    /// <summary>The bytes of its history.</summary>
    public long Size { get; set; }

    /// <summary>Its orchestrator, if it is in memory.</summary>
    public Orchestration? Live { get; set; }

    /// <summary>Whether it was forgotten, so that this object stands for nothing any more.</summary>
    public bool IsPurged { get; set; }

    public bool HasEnded => Status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated;

    /// <summary>Keeps a message.</summary>
    /// <returns>True if somebody has to work on it now.</returns>
    public bool Post(Message message)
    {
        lock (this)
        {
            (_inbox ??= []).Add(message);
            if (_isAtWork)
                return false;
            return _isAtWork = true;
        }
    }

    /// <summary>Takes what has come; null if there is nothing, and the work ends.</summary>
    public List<Message>? Take()
    {
        lock (this)
        {
            var messages = _inbox;
            _inbox = null;
            if (messages is not null)
                return messages;
            if (_isToBeEvicted)
                Live = null;
            (_isAtWork, _isToBeEvicted) = (false, false);
            return null;
        }
    }

    /// <summary>Drops its orchestrator from memory; if it is at work, when it has done.</summary>
    public void Evict()
    {
        lock (this)
        {
            if (_isAtWork)
                _isToBeEvicted = true;
            else
                Live = null;
        }
    }

    /// <summary>Ends when it has ended, or cannot go on.</summary>
    public Task WhenEnded()
    {
        lock (this)
        {
            if (HasEnded || Held is not null)
                return Task.CompletedTask;
            return (_ended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void SetEnded()
    {
        lock (this)
        {
            _ended?.TrySetResult();
            _ended = null;
        }
    }

    /// <summary>Notes that its history grew by a record.</summary>
    /// <param name="position">Where it is.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="isWhole">Whether it takes the place of all before it.</param>
    /// <returns>By how much the live part of the journal grew.</returns>
    public long Grow(Position position, int size, bool isWhole)
    {
        var before = Size;
        size += JournalFormat.RecordHeader;
        if (isWhole)
            (FirstSegment, Size) = (position.Segment, size);
        else
            Size += size;
        Head = position;
        return Size - before;
    }
}
