using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>The table of events that a phase could not take, with their bytes, the reason, and where they came from.</summary>
internal sealed class DeadLetters(StreamEngine engine, string phase)
{
    /// <summary>The reason of events that are none.</summary>
    public const string NoObject = "it is no JSON object";

    private readonly SideTable _table = new(engine, engine.Stream.DeadLetterTable, new(engine.Stream.Address, phase), EventPlace.OfEvents);

    /// <summary>Adds events, but those that the table has already.</summary>
    /// <param name="rows">A query with the columns of a slice, and <c>reason</c>.</param>
    /// <param name="slice">The slice that the events are of.</param>
    /// <param name="ct">Ends it.</param>
    public void Write(string rows, EventSlice slice, CancellationToken ct) =>
        _table.Append(
            slice,
            missing =>
                $"""
                    SELECT topic, partition, "offset", enqueued_at, key, headers, coalesce(r.bytes, encode(r.value)) AS value,
                      {Sql.Literal(phase)} AS phase, reason, {Sql.Literal(engine.Time.GetUtcNow().ToString("O"))}::TIMESTAMPTZ AS dead_at
                    FROM ({rows}) AS r WHERE {missing}
                    """,
            ct
        );
}
