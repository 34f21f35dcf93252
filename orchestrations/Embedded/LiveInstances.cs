namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>The instances whose orchestrators are in memory, at most so many: who has not gone on for the longest goes.</summary>
/// <param name="bound">How many.</param>
internal sealed class LiveInstances(int bound)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Instance> _order = new();
    private readonly Dictionary<Instance, LinkedListNode<Instance>> _nodes = [];

    /// <summary>An instance has gone on, and waits now.</summary>
    /// <returns>False if none are kept.</returns>
    public bool Keep(Instance instance)
    {
        if (bound == 0)
            return false;
        Instance? oldest = null;
        lock (_lock)
        {
            if (_nodes.TryGetValue(instance, out var node))
                _order.Remove(node);
            _nodes[instance] = _order.AddLast(instance);
            if (_order.Count > bound)
            {
                oldest = _order.First!.Value;
                _order.RemoveFirst();
                _nodes.Remove(oldest);
            }
        }
        oldest?.Evict();
        return true;
    }

    /// <summary>An instance has ended.</summary>
    public void Remove(Instance instance)
    {
        lock (_lock)
        {
            if (_nodes.Remove(instance, out var node))
                _order.Remove(node);
        }
    }
}
