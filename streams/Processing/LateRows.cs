using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Streams.Processing;

/// <summary>The table of rows that came too late for a summary, each with the window that it would have been in.</summary>
internal sealed class LateRows(StreamEngine engine, SummaryDefinition summary)
{
    private readonly SideTable _table = new(engine, summary.LateTable, new(engine.Stream.Address), EventPlace.OfRows)
    {
        EvolveSchema = true,
    };

    /// <summary>Adds the late ones of placed rows, but those that the table has already.</summary>
    public void Write(string placed, SummarySql sql, EventSlice slice, CancellationToken ct)
    {
        var columns = string.Join(", ", summary.Aggregate.Input.Columns.Select(c => Sql.Identifier(c.Name)));
        _table.Append(
            slice,
            missing =>
                $"""
                    SELECT {columns}, {sql.Keys.Last().Value} AS {Aggregate.WindowStart}, {sql.WindowEnd} AS {Aggregate.WindowEnd} FROM {placed}
                    WHERE {SummarySql.Late} AND {missing}
                    """,
            ct
        );
    }
}
