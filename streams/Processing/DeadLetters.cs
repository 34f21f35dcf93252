using ServerlessHub.Engine;
using ServerlessHub.Lake;

namespace ServerlessHub.Streams.Processing;

/// <summary>The table of events that a phase could not take, with their bytes, the reason, and where they came from.</summary>
internal sealed class DeadLetters(StreamEngine engine, string phase)
{
    /// <summary>The reason of events that are none.</summary>
    public const string NoObject = "it is no JSON object";

    private readonly TableOffsets _offsets = new(engine.Stream.Address, phase);

    /// <summary>
    /// Adds events, but those that the table has already. It is written before the table whose progress decides what is done again, so a batch
    /// that is repeated finds its dead letters there.
    /// </summary>
    /// <param name="rows">A query with the columns of a slice, and <c>reason</c>.</param>
    /// <param name="slice">The slice that the events are of.</param>
    /// <param name="ct">Ends it.</param>
    public void Write(string rows, EventSlice slice, CancellationToken ct)
    {
        var table = engine.Table(engine.Stream.DeadLetterTable);
        while (true)
        {
            var (steps, missing) = _offsets.Missing(slice, table.TryRead(ct: ct), "r.topic", "r.partition", "r.\"offset\"");
            if (steps.Count == 0)
                return;
            var (result, _) = table.Write(
                engine.Connection,
                $"""
                SELECT r.topic, r.partition, r."offset", r.enqueued_at, r.key, r.headers, coalesce(r.bytes, encode(r.value)) AS value,
                  {Sql.Literal(phase)} AS phase, r.reason, {Sql.Literal(engine.Time.GetUtcNow().ToString("O"))}::TIMESTAMPTZ AS dead_at
                FROM ({rows}) AS r WHERE {missing}
                """,
                new WriteOptions
                {
                    TransactionId = "",
                    Progress = steps,
                    CommitInfo = engine.CommitInfo(steps),
                },
                ct
            );
            // Another process may be writing dead letters of other partitions, or of these.
            if (result is not CommitResult.Conflicted)
                return;
        }
    }
}
