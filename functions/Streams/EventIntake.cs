using Azure.Messaging.EventHubs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions.Streams;

/// <summary>Reads events of a partition again.</summary>
/// <param name="partition">The partition, with the event hub's name as its topic.</param>
/// <param name="from">The first sequence number that is wanted.</param>
/// <param name="before">The first that is not.</param>
/// <param name="most">How many at most.</param>
/// <param name="ct">Ends it.</param>
/// <returns>The events in their order, as far as they are still there; empty where none is.</returns>
internal delegate Task<IReadOnlyList<EventData>> ReadEvents(
    SourcePartition partition,
    long from,
    long before,
    int most,
    CancellationToken ct
);

/// <summary>
/// Takes what a trigger brings of an event hub's partition into a stream's tables. A trigger forgets events: it moves on although a function failed, or its
/// process died. So the tables say what comes next, and what a trigger has passed over is read again before what it brings.
/// </summary>
/// <param name="processors">The processors of streams.</param>
/// <param name="read">Reads events again.</param>
/// <param name="time">The clock.</param>
internal sealed class EventIntake(StreamProcessors processors, ReadEvents read, TimeProvider time)
{
    private const string Earliest = "earliest";

    /// <summary>Takes events that a trigger brings; when it returns, the raw table has them and all before them. To do it again does no harm.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="partition">Whose events they are.</param>
    /// <param name="events">The events, in their order; at least one.</param>
    /// <param name="ct">Ends it between commits.</param>
    /// <exception cref="RunException">Events are gone that were never read, and the document does not pass over them; or the event hub fails.</exception>
    /// <exception cref="StreamException">The document does not allow to go on.</exception>
    /// <exception cref="Lake.LakeException">A table cannot be read or written.</exception>
    public Task Take(StreamDefinition stream, SourcePartition partition, IReadOnlyList<EventData> events, CancellationToken ct) =>
        processors.Use(stream, processor => Take(processor, partition, events, events[^1].SequenceNumber, ct));

    /// <summary>Takes what a trigger has passed over of a partition to which nothing comes any more.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="last">The last sequence number that it has.</param>
    /// <param name="ct">Ends it between commits.</param>
    /// <exception cref="Exception">As where events are brought.</exception>
    public Task TakeMissed(StreamDefinition stream, SourcePartition partition, long last, CancellationToken ct) =>
        processors.Use(stream, processor => Take(processor, partition, [], last, ct));

    private async Task Take(
        StreamProcessor processor,
        SourcePartition partition,
        IReadOnlyList<EventData> events,
        long last,
        CancellationToken ct
    )
    {
        var stream = processor.Stream;
        var first = events.Count > 0 ? events[0].SequenceNumber : last + 1;
        var batch = new EventBatch();
        var reached = Reached(processor, partition, ct);
        if (reached >= last)
            processor.CatchUp(ct);
        while (!(reached >= last))
        {
            var wanted = await Missed(stream, partition, reached, first, ct);
            if (wanted.Count == 0)
                wanted = [.. events.Where(e => !(e.SequenceNumber <= reached))];
            if (wanted.Count == 0)
                return;
            batch.Clear();
            foreach (var e in wanted)
                Add(batch, partition, e);
            // Where somebody else was faster, nothing was written, and the tables say how far that one came.
            var began = time.GetTimestamp();
            var result = processor.ProcessBatch(batch, ct);
            StreamTelemetry.Took(stream.Address, batch, result, time.GetElapsedTime(began), time.GetUtcNow());
            reached = Reached(processor, partition, ct);
        }
    }

    /// <summary>What comes next after what the raw table has, before what the trigger brings; empty where nothing does.</summary>
    private async Task<IReadOnlyList<EventData>> Missed(
        StreamDefinition stream,
        SourcePartition partition,
        long? reached,
        long first,
        CancellationToken ct
    )
    {
        var ingest = stream.Document.Ingest!;
        // A stream that does not begin with the earliest events begins with the first that it is brought.
        if (reached is null && ingest.StartFrom != Earliest)
            return [];
        var next = reached + 1 ?? 0;
        if (next >= first)
            return [];
        var missed = await read(partition, next, first, ingest.MaxEvents, ct);
        var found = missed.Count > 0 ? missed[0].SequenceNumber : first;
        if (reached is not null && found > next && !ingest.SkipsGoneOffsets)
            throw new RunException(
                $"stream {stream.Address}: events {next} to {found - 1} of {partition} are gone from the event hub and were never read",
                "say onOffsetGone=\"skip\" in <ingest> to go on without them, and let the event hub keep events for longer"
            );
        return missed;
    }

    private static long? Reached(StreamProcessor processor, SourcePartition partition, CancellationToken ct) =>
        processor.Offsets(ct).TryGetValue(partition, out var offset) ? offset : null;

    private static void Add(EventBatch batch, SourcePartition partition, EventData e)
    {
        var key = e.PartitionKey is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : null;
        batch.Add(
            partition,
            new StreamEvent
            {
                Offset = e.SequenceNumber,
                EnqueuedAt = (e.EnqueuedTime - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                Value = e.EventBody.ToMemory().Span,
                HasValue = true,
                Key = key,
                HasKey = key is not null,
                Headers = PropertyJson.Of(e.Properties),
            }
        );
    }
}
