namespace ServerlessHub.Orchestrations.Tests.Durable;

/// <summary>A clock that stands still until it is set; what is due then happens before that returns.</summary>
internal sealed class AlarmClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Alarm> _alarms = [];
    private DateTimeOffset _now = new(2026, 6, 30, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan _elapsed;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
            _elapsed += by;
        }
        while (NextDue() is { } due)
            due();
    }

    /// <summary>Somebody sets the clock; no time passes.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (_lock)
            _now = now;
    }

    private Action? NextDue()
    {
        lock (_lock)
        {
            if (_alarms.Find(alarm => alarm.Due <= _elapsed) is not { } due)
                return null;
            if (due.Period > TimeSpan.Zero)
                due.Due += due.Period;
            else
                _alarms.Remove(due);
            return due.Action;
        }
    }

    private sealed class Alarm(AlarmClock clock, Action action) : ITimer
    {
        public Action Action => action;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._alarms.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                (Due, Period) = (clock._elapsed + dueTime, period);
                clock._alarms.Add(this);
                // What is due at once happens when somebody lets time pass, were it none; a real clock would not wait for that.
                if (dueTime == TimeSpan.Zero)
                    ThreadPool.UnsafeQueueUserWorkItem(static clock => clock.Advance(TimeSpan.Zero), clock, preferLocal: false);
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
