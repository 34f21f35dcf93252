namespace ServerlessHub.Tests.Shared;

/// <summary>A clock that stands still until it is set forward; what is due then happens before that returns.</summary>
internal sealed class SetTime : TimeProvider
{
    private readonly List<Due> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Due(() => callback(state), _now + dueTime, period);
        lock (_timers)
            _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        _now += by;
        Due[] timers;
        lock (_timers)
            timers = [.. _timers];
        foreach (var timer in timers)
            timer.Catch(_now);
    }

    private sealed class Due(Action action, TimeSpan next, TimeSpan period) : ITimer
    {
        private TimeSpan _next = next;
        private bool _isDisposed;

        public void Catch(TimeSpan now)
        {
            for (; !_isDisposed && _next <= now; _next += period)
                action();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => _isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
