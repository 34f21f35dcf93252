namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>All timers of all instances, in the order in which they are due.</summary>
internal sealed class TimerQueue : IDisposable
{
    /// <summary>The longest that is waited at once: when the clock is set forward, what is due then is noticed after this, and no timer is too long for the system's.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _entries = [];
    private readonly TimeProvider _time;
    private readonly Action<Instance, int, TimerFired> _fire;
    private readonly ITimer _alarm;
    private bool _isDisposed;

    /// <param name="time">The clock.</param>
    /// <param name="fire">Told the instance, its generation and the timer.</param>
    public TimerQueue(TimeProvider time, Action<Instance, int, TimerFired> fire)
    {
        (_time, _fire) = (time, fire);
        _alarm = time.CreateTimer(_ => FireDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(Instance instance, int generation, int task, DateTimeOffset due)
    {
        lock (_lock)
        {
            var entry = new Entry(due, instance, generation, task);
            if (_entries.Add(entry) && _entries.Min == entry)
                Arm();
        }
    }

    public void Remove(Instance instance, int generation, int task, DateTimeOffset due)
    {
        lock (_lock)
            _entries.Remove(new Entry(due, instance, generation, task));
    }

    public void Dispose()
    {
        lock (_lock)
            _isDisposed = true;
        _alarm.Dispose();
    }

    private void FireDue()
    {
        var due = new List<Entry>();
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (_entries.Min is { } first && first.Due <= now)
            {
                _entries.Remove(first);
                due.Add(first);
            }
            Arm();
        }
        foreach (var entry in due)
            _fire(entry.Instance, entry.Generation, new TimerFired(entry.Task, entry.Due));
    }

    private void Arm()
    {
        if (_isDisposed || _entries.Min is not { } first)
            return;
        var wait = first.Due - _time.GetUtcNow();
        // Rounded up, since a system's timer knows milliseconds only, and one that is early finds nothing due.
        _alarm.Change(
            wait <= TimeSpan.Zero ? TimeSpan.Zero
                : wait < Longest ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds))
                : Longest,
            Timeout.InfiniteTimeSpan
        );
    }

    private sealed record Entry(DateTimeOffset Due, Instance Instance, int Generation, int Task) : IComparable<Entry>
    {
        public int CompareTo(Entry? other)
        {
            if (other is null)
                return 1;
            var order = Due.CompareTo(other.Due);
            if (order == 0)
                order = string.CompareOrdinal(Instance.Id, other.Instance.Id);
            if (order == 0)
                order = Generation.CompareTo(other.Generation);
            return order != 0 ? order : Task.CompareTo(other.Task);
        }
    }
}
