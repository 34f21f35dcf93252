using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Running;

/// <summary>What is measured of the streams that run in this process.</summary>
public static class StreamTelemetry
{
    private static readonly Meter Meter = new("ServerlessHub.Streams");
    private static readonly ConcurrentDictionary<DocumentAddress, StreamActivity> Latest = [];

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "stream_events_total",
        description: "Events that were taken into raw tables, dead letters among them, by app, layer and stream"
    );

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "stream_bytes_total",
        description: "Bytes of the values, keys and headers of batches that were taken, by app, layer and stream"
    );

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "stream_dead_letters_total",
        description: "Events that are no JSON objects, by app, layer and stream"
    );

    private static readonly Counter<long> Batches = Meter.CreateCounter<long>(
        "stream_batches_total",
        description: "Batches, by app, layer, stream and result: committed, conflicted where another process was faster and they are read again"
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "stream_batch_duration_seconds",
        unit: "s",
        description: "How long batches took from being read to the commit of the last phase, by app, layer and stream",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120] }
    );

    private static readonly Histogram<double> Latency = Meter.CreateHistogram<double>(
        "stream_latency_seconds",
        unit: "s",
        description: "How old the oldest event of a batch was when it was in all tables, by app, layer and stream",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 1800, 3600, 86400],
        }
    );

    static StreamTelemetry()
    {
        Meter.CreateObservableGauge(
            "stream_lag_events",
            () => Measured(a => a.LagEvents),
            description: "Events that sources have and raw tables do not, of the partitions that this process reads, by app, layer and stream"
        );
        Meter.CreateObservableGauge(
            "stream_lag_seconds",
            () => Measured(a => a.LagSeconds),
            unit: "s",
            description: "How long ago the last event was enqueued that is in the raw table, while there are more, by app, layer and stream"
        );
    }

    /// <summary>A batch went through the phases.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="duration">How long that took, from when it was read.</param>
    /// <param name="now">When it was done.</param>
    public static void Took(DocumentAddress stream, EventBatch batch, BatchResult result, TimeSpan duration, DateTimeOffset now)
    {
        var tags = Tags(stream);
        Batches.Add(1, [.. tags, new("result", result.IsCommitted ? "committed" : "conflicted")]);
        if (!result.IsCommitted)
            return;
        Events.Add(result.Events, tags);
        Bytes.Add(batch.Bytes, tags);
        DeadLetters.Add(result.DeadLetters, tags);
        Duration.Record(duration.TotalSeconds, tags);
        Latency.Record(Math.Max(0, (now - DateTimeOffset.UnixEpoch).TotalSeconds - (batch.Enqueued.First / 1e6)), tags);
    }

    /// <summary>A stream to which events are brought is this far behind.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="lag">How old the first event is that it was brought and could not take; zero where it has taken all.</param>
    public static void Behind(DocumentAddress stream, TimeSpan lag) =>
        Lags(stream, StreamActivity.None(stream.ToString()) with { LagSeconds = lag.TotalSeconds });

    /// <summary>A stream is this far behind.</summary>
    internal static void Lags(DocumentAddress stream, StreamActivity activity) => Latest[stream] = activity;

    /// <summary>A stream no longer runs here.</summary>
    internal static void Ended(DocumentAddress stream) => Latest.TryRemove(stream, out _);

    private static IEnumerable<Measurement<T>> Measured<T>(Func<StreamActivity, T?> value)
        where T : struct =>
        Latest.Where(s => value(s.Value) is not null).Select(s => new Measurement<T>(value(s.Value)!.Value, Tags(s.Key)));

    private static KeyValuePair<string, object?>[] Tags(DocumentAddress stream) =>
        [new("app", stream.App), new("layer", stream.Layer), new("stream", stream.Id)];
}
