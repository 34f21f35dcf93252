using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>The table of rows that came too late for a summary, each with the window that it would have been in.</summary>
internal sealed class LateRows(StreamEngine engine, SummaryDefinition summary)
{
    private readonly TableOffsets _offsets = new(engine.Stream.Address);

    /// <summary>
    /// Adds the late ones of placed rows, but those that the table has already. It is written before the summary, whose progress decides what is
    /// done again.
    /// </summary>
    public void Write(string placed, SummarySql sql, EventSlice slice, CancellationToken ct)
    {
        var table = engine.Table(summary.LateTable);
        while (true)
        {
            var (steps, missing) = _offsets.Missing(slice, table.TryRead(ct: ct), FlatTable.Topic, FlatTable.Partition, FlatTable.Offset);
            if (steps.Count == 0)
                return;
            var columns = string.Join(", ", summary.Aggregate.Input.Columns.Select(c => Engine.Sql.Identifier(c.Name)));
            var (result, _) = table.Write(
                engine.Connection,
                $"""
                SELECT {columns}, {sql.Keys.Last().Value} AS {Aggregate.WindowStart}, {sql.WindowEnd} AS {Aggregate.WindowEnd} FROM {placed}
                WHERE {SummarySql.Late} AND {missing}
                """,
                new WriteOptions
                {
                    TransactionId = "",
                    Progress = steps,
                    EvolveSchema = true,
                    CommitInfo = engine.CommitInfo(steps),
                },
                ct
            );
            if (result is not CommitResult.Conflicted)
                return;
        }
    }
}
