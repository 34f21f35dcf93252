using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Azure.Messaging.EventHubs;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions.Streams;

/// <summary>The partitions of the event hub, with the last sequence number of each and when that came; not those that have nothing.</summary>
internal delegate Task<IReadOnlyList<(SourcePartition Partition, long Last, DateTimeOffset Since)>> FindEnds(CancellationToken ct);

/// <summary>
/// Gives each stream that reads the event hub what comes there, and keeps none from its events because of another. What may pass is an exception, and is
/// tried again by whoever called. What only a person can mend is told: that stream stays where it is, and reads on from there when it can.
/// </summary>
/// <param name="streams">The streams.</param>
/// <param name="intake">Takes events into a stream.</param>
/// <param name="ends">Finds the ends of partitions.</param>
/// <param name="root">The hub.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is told.</param>
internal sealed class EventDelivery(
    EventStreams streams,
    EventIntake intake,
    FindEnds ends,
    HubRoot root,
    TimeProvider time,
    ILogger<EventDelivery> logger
)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<DocumentAddress, string> told = [];

    // Of each partition that a stream could not take: how old the first of its events is.
    private readonly ConcurrentDictionary<(DocumentAddress Stream, SourcePartition Partition), DateTimeOffset> behind = [];

    /// <summary>Delivers a batch of a partition, and publishes what has come of it.</summary>
    /// <exception cref="Exception">A stream could not take it for a reason that may pass; the others have.</exception>
    public async Task Deliver(SourcePartition partition, IReadOnlyList<EventData> events, CancellationToken ct)
    {
        var failures = new List<Exception>();
        foreach (var stream in streams.Triggered())
            await Try(
                stream,
                partition,
                events[0].EnqueuedTime,
                async () =>
                {
                    await intake.Take(stream, partition, events, ct);
                    new StreamUpkeep(root, stream, time, logger).Publish(ct);
                },
                failures,
                ct
            );
        Throw(failures);
    }

    /// <summary>
    /// Delivers what a trigger has passed over of partitions to which nothing comes any more: what it has passed over of others is found with their next batch.
    /// </summary>
    /// <exception cref="RunException">The event hub fails.</exception>
    /// <exception cref="Exception">A stream could not take it for a reason that may pass; the others have.</exception>
    public async Task DeliverMissed(CancellationToken ct)
    {
        var failures = new List<Exception>();
        if (streams.Triggered().ToArray() is { Length: > 0 } all)
            foreach (var (partition, last, since) in await ends(ct))
                if (time.GetUtcNow() - since > Quiet)
                    foreach (var stream in all)
                        await Try(stream, partition, since, () => intake.TakeMissed(stream, partition, last, ct), failures, ct);
        Throw(failures);
    }

    private async Task Try(
        StreamDefinition stream,
        SourcePartition partition,
        DateTimeOffset oldest,
        Func<Task> take,
        List<Exception> failures,
        CancellationToken ct
    )
    {
        behind.TryAdd((stream.Address, partition), oldest);
        try
        {
            await take();
            told.TryRemove(stream.Address, out _);
            behind.TryRemove((stream.Address, partition), out _);
        }
        catch (Exception e) when (e is StreamException or RunException { IsTransient: false })
        {
            // Once, and not with every batch.
            if (told.GetValueOrDefault(stream.Address) != e.Message)
                Logs.StreamStays(logger, $"{stream.Address}", e.Message);
            told[stream.Address] = e.Message;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            failures.Add(e);
        }
        StreamTelemetry.Behind(stream.Address, Lag(stream.Address));
    }

    private TimeSpan Lag(DocumentAddress stream)
    {
        DateTimeOffset[] since = [.. behind.Where(b => b.Key.Stream == stream).Select(b => b.Value)];
        return since.Length == 0 ? TimeSpan.Zero : time.GetUtcNow() - since.Min();
    }

    private static void Throw(List<Exception> failures)
    {
        if (failures.Count > 0)
            ExceptionDispatchInfo.Throw(failures[0]);
    }
}
