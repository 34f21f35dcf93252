using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Running;

/// <summary>Keeps count of what a stream does in this process. The stream's thread writes it, and any thread reads it.</summary>
internal sealed class StreamProgress(DocumentAddress stream, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<(long At, long Events, long Lag)> _recent = [];
    private readonly Dictionary<SourcePartition, long> _reached = [];
    private readonly long _began = time.GetTimestamp();
    private long _newest;
    private volatile StreamActivity _activity = StreamActivity.None(stream.ToString());

    public StreamActivity Activity => _activity;

    public void Began() => _activity = _activity with { State = StreamState.Starting, RetryAt = null };

    public void Took(EventBatch batch, BatchResult result, TimeSpan duration)
    {
        foreach (var (partition, offset) in result.Offsets)
            _reached[partition] = offset;
        StreamTelemetry.Took(stream, batch, result, duration, time.GetUtcNow());
        if (!result.IsCommitted)
            return;
        _newest = Math.Max(_newest, batch.Enqueued.Last);
        _activity = _activity with
        {
            Events = _activity.Events + result.Events,
            DeadLetters = _activity.DeadLetters + result.DeadLetters,
            Batches = _activity.Batches + 1,
            LastCommit = time.GetUtcNow(),
        };
    }

    /// <summary>Looks where the source is.</summary>
    public void Looked(IEventSource source)
    {
        var partitions = source
            .Ends.OrderBy(p => p.Key.Topic, StringComparer.Ordinal)
            .ThenBy(p => p.Key.Partition)
            .Select(p => PartitionActivity.Of(p.Key, _reached.TryGetValue(p.Key, out var offset) ? offset : null, p.Value))
            .ToArray();
        var lag = StreamActivity.LagOf(partitions);
        var (rate, falls) = Rates(lag);
        _activity = _activity with
        {
            State = StreamState.Running,
            Problem = source.Problem,
            Hint = null,
            RetryAt = null,
            EventsPerSecond = rate,
            LagEvents = lag,
            LagSeconds = lag switch
            {
                null => null,
                0 => 0,
                _ when _newest == 0 => null,
                _ => Math.Max(0, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds - (_newest / 1e6)),
            },
            CaughtUpIn = lag switch
            {
                0 => 0,
                > 0 when falls > 0 => lag.Value / falls,
                _ => null,
            },
            Partitions = partitions,
        };
        StreamTelemetry.Lags(stream, _activity);
    }

    public void Waits(string problem, string? hint, DateTimeOffset until) =>
        _activity = _activity with { State = StreamState.Waiting, Problem = problem, Hint = hint, RetryAt = until };

    public void Stopped(string problem, string? hint) =>
        _activity = _activity with { State = StreamState.Stopped, Problem = problem, Hint = hint };

    public void Ended()
    {
        StreamTelemetry.Ended(stream);
        _activity = _activity with { State = StreamState.Ended, Problem = null, Hint = null, RetryAt = null };
    }

    /// <summary>How many events a second are taken, and by how many a second the lag falls.</summary>
    private (double Events, double Lag) Rates(long? lag)
    {
        var now = time.GetTimestamp();
        while (_recent.TryPeek(out var old) && time.GetElapsedTime(old.At, now) > Window)
            _recent.Dequeue();
        // A point every second is enough.
        if (_recent.Count == 0 || time.GetElapsedTime(_recent.Last().At, now) >= TimeSpan.FromSeconds(1))
            _recent.Enqueue((now, _activity.Events, lag ?? 0));
        var first = _recent.Peek();
        var seconds = time.GetElapsedTime(first.At, now).TotalSeconds;
        if (seconds < 1)
        {
            var all = time.GetElapsedTime(_began, now).TotalSeconds;
            return (all > 0 ? _activity.Events / all : 0, 0);
        }
        return ((_activity.Events - first.Events) / seconds, (first.Lag - (lag ?? 0)) / seconds);
    }
}
