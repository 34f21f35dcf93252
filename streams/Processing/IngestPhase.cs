using ServerlessHub.Lake;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>The first phase: events as they came become rows of the raw table; those that are no JSON objects become dead letters.</summary>
internal sealed class IngestPhase(StreamEngine engine)
{
    private readonly TableOffsets _offsets = new(engine.Stream.Address);
    private readonly DeadLetters _deadLetters = new(engine, "ingest");

    /// <summary>The last offset that the raw table has of each partition.</summary>
    public IReadOnlyDictionary<SourcePartition, long> Offsets(CancellationToken ct) =>
        _offsets.Of(engine.Table(engine.Stream.RawTable).TryRead(ct: ct));

    /// <summary>Writes a slice of events.</summary>
    /// <returns>The dead letters among them; null if somebody else has written events of one of its partitions.</returns>
    public long? Write(EventSlice slice, CancellationToken ct)
    {
        var malformed = $"{slice.Table} WHERE fit = {JsonFitFunction.Malformed}";
        if (slice.Malformed > 0)
        {
            if (engine.Stream.Document.Ingest!.FailsOnMalformed)
                throw Malformed(malformed, ct);
            // First, since where the raw table is decides what is read again.
            _deadLetters.Write($"SELECT *, {Engine.Sql.Literal(DeadLetters.NoObject)} AS reason FROM {malformed}", slice, ct);
        }
        TransactionProgress[] steps = [.. slice.Steps.Select(s => _offsets.Step(s.Key, s.Value.From, s.Value.To))];
        var (result, _) = engine
            .Table(engine.Stream.RawTable)
            .Write(
                engine.Connection,
                $"""SELECT topic, partition, "offset", enqueued_at, key, headers, value FROM {slice.Table} WHERE fit <> {JsonFitFunction.Malformed}""",
                new WriteOptions
                {
                    TransactionId = "",
                    Progress = steps,
                    CommitInfo = engine.CommitInfo(steps),
                    Properties = RawProperties,
                },
                ct
            );
        return result is CommitResult.Committed ? slice.Malformed : null;
    }

    /// <summary>Raw events are written far more often than they are read.</summary>
    private static readonly Dictionary<string, string?> RawProperties = new()
    {
        ["delta.parquet.compression.codec"] = "snappy",
        ["delta.autoOptimize.autoCompact"] = "true",
    };

    private StreamException Malformed(string from, CancellationToken ct)
    {
        using var first = engine.Connection.Query(
            $"""SELECT topic, partition, "offset", left(coalesce(value, bytes::VARCHAR), 100) FROM {from} ORDER BY ALL LIMIT 1""",
            ct
        );
        var row = first.Rows().Single();
        return new(
            $"stream {engine.Stream.Address}: the event at offset {row[2]} of {row[0]}/{row[1]} is no JSON object: {row[3]}",
            "set onMalformed=\"deadLetter\" to put such events aside, or take it out of the source"
        );
    }
}
