namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>The external events of an orchestration: those that nobody has waited for yet, and those who wait.</summary>
internal sealed class EventInbox
{
    private readonly List<EventRaised> _kept = [];
    private readonly List<Waiter> _waiters = [];

    public bool IsAwaited => _waiters.Count > 0;

    /// <summary>What nobody has waited for, in the order in which it came.</summary>
    public IReadOnlyList<EventRaised> Kept => _kept;

    /// <summary>Gives an event to the one who has waited for it the longest, or keeps it.</summary>
    public void Raise(EventRaised raised)
    {
        var index = _waiters.FindIndex(waiter => IsSame(waiter.Name, raised.Name));
        if (index < 0)
        {
            _kept.Add(raised);
            return;
        }
        var waiter = _waiters[index];
        _waiters.RemoveAt(index);
        waiter.Take(raised.Data);
    }

    /// <summary>Takes an event that was kept, or has one wait for it.</summary>
    public void Wait(Waiter waiter)
    {
        var index = _kept.FindIndex(raised => IsSame(waiter.Name, raised.Name));
        if (index < 0)
        {
            _waiters.Add(waiter);
            return;
        }
        var kept = _kept[index];
        _kept.RemoveAt(index);
        waiter.Take(kept.Data);
    }

    /// <returns>False if it no longer waits.</returns>
    public bool Cancel(Waiter waiter) => _waiters.Remove(waiter);

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>One who waits for an event.</summary>
    internal sealed class Waiter(string name, Action<ReadOnlyMemory<byte>> take)
    {
        public string Name => name;

        public void Take(ReadOnlyMemory<byte> data) => take(data);
    }
}
