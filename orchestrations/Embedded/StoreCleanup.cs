namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>
/// Keeps the store small: instances are forgotten some time after they have ended, and when more of the journal is of no use than is of use, its oldest segment
/// goes, after what is still needed of it was written anew at the journal's head.
/// </summary>
internal sealed class StoreCleanup : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly EmbeddedRuntime _runtime;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _one = new(1);

    public StoreCleanup(EmbeddedRuntime runtime)
    {
        _runtime = runtime;
        _timer = runtime.Time.CreateTimer(_ => _ = Run(), null, Interval, Interval);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _one.WaitAsync();
        _one.Dispose();
    }

    /// <summary>Cleans up once; does nothing if that is going on already.</summary>
    public async Task Run()
    {
        if (_runtime.IsStopping || !await _one.WaitAsync(TimeSpan.Zero))
            return;
        try
        {
            PurgeEnded();
            while (!_runtime.IsStopping && IsMostlyGarbage() && await DropFirstSegment()) { }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The disk refuses, which the journal tells, or the runtime stops; either way it is done the next time.
        }
        finally
        {
            _one.Release();
        }
    }

    private void PurgeEnded()
    {
        var before = _runtime.Time.GetUtcNow() - _runtime.Options.Retention;
        foreach (var instance in _runtime.Instances.Values)
        {
            if (instance.HasEnded && instance.Updated < before)
                _runtime.Send(instance, new PurgeMessage());
        }
    }

    private bool IsMostlyGarbage() => _runtime.Journal.Size > (2 * _runtime.LiveSize) + (2L * _runtime.Options.SegmentSize);

    /// <returns>False if it is the one that is written to.</returns>
    private async Task<bool> DropFirstSegment()
    {
        var (first, last) = _runtime.Journal.Range;
        if (first == last)
            return false;
        var moves = new List<Task>();
        foreach (var instance in _runtime.Instances.Values)
        {
            if (instance.FirstSegment > first)
                continue;
            var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _runtime.Send(instance, new MoveMessage(first, done));
            moves.Add(done.Task);
        }
        await Task.WhenAll(moves);
        _runtime.Journal.DeleteFirst();
        return true;
    }
}
