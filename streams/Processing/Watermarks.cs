using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// How far the time of each partition's events has come. A row is late if events before it in its partition were already so far past the end of its
/// window: so it is the same whenever, and in whatever batches, the events are looked at. What the summary's offsets have passed is never late: it is
/// of a dead letter that somebody has redriven. It is committed with the summary.
/// </summary>
internal sealed class Watermarks(StreamEngine engine)
{
    private const string Placed = "hub_placed";

    private readonly TableOffsets _marks = new(engine.Stream.Address, "watermark");
    private readonly TableOffsets _offsets = new(engine.Stream.Address);

    /// <summary>
    /// Places rows in windows, each with whether it is late.
    /// </summary>
    /// <param name="rows">The engine's table of them.</param>
    /// <param name="sql">The summary.</param>
    /// <param name="allowed">How long after its end a window is still corrected.</param>
    /// <param name="summary">The summary's table; null if it is not there yet.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The steps that the marks take, a FROM term of the placed rows, and whether any is late.</returns>
    public (IReadOnlyList<TransactionProgress> Steps, string Placed, bool AnyLate) Place(
        string rows,
        SummarySql sql,
        TimeSpan allowed,
        Snapshot? summary,
        CancellationToken ct
    )
    {
        var marks = _marks.Of(summary);
        using var ends = engine.Connection.Query(
            $"""
            SELECT {FlatTable.Topic}, {FlatTable.Partition}, epoch_us(max({sql.Moment})), epoch_us(min({sql.Moment})) FROM {rows}
            WHERE {sql.Moment} IS NOT NULL GROUP BY ALL
            """,
            ct
        );
        var reached = ends.Rows()
            .Select(r => (Partition: new SourcePartition((string)r[0]!, (int)r[1]!), Most: (long)r[2]!, Least: (long)r[3]!))
            .ToArray();
        var steps = reached
            .Where(r => TableOffsets.At(marks, r.Partition) is not { } mark || mark < r.Most)
            .Select(r => _marks.Step(r.Partition, TableOffsets.At(marks, r.Partition), r.Most))
            .ToArray();
        var allowedMicros = allowed.Ticks / TimeSpan.TicksPerMicrosecond;
        // A window ends after each of its rows, so most often it is plain that none is late.
        var mayBeLate = reached.Any(r => r.Least + allowedMicros <= Math.Max(r.Most, TableOffsets.At(marks, r.Partition) ?? long.MinValue));
        if (!mayBeLate)
            return (steps, $"(SELECT *, false AS {SummarySql.Late} FROM {sql.Placed(rows)})", false);
        engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Placed} AS
            SELECT *, coalesce(epoch_us({sql.WindowEnd}) + {allowedMicros.ToString(
                CultureInfo.InvariantCulture
            )} <= hub_mark, false) AND NOT ({EventPlace.OfRows.UpTo(_offsets.Of(summary))}) AS {SummarySql.Late}
            FROM {sql.Placed($"({Marked(rows, sql, marks)})")}
            """,
            ct
        );
        return (steps, Placed, engine.Any($"{Placed} WHERE {SummarySql.Late}", ct));
    }

    /// <summary>Rows with the mark of their partition as it was when their event came.</summary>
    private static string Marked(string rows, SummarySql sql, IReadOnlyDictionary<SourcePartition, long> marks)
    {
        var known =
            marks.Count == 0
                ? "(NULL::VARCHAR, NULL::INTEGER, NULL::BIGINT)"
                : string.Join(
                    ", ",
                    marks.Select(m =>
                        string.Create(CultureInfo.InvariantCulture, $"({Sql.Literal(m.Key.Topic)}, {m.Key.Partition}, {m.Value})")
                    )
                );
        return $"""
            SELECT r.*, greatest(m.mark, max(epoch_us({sql.Moment})) OVER (PARTITION BY {FlatTable.Topic}, {FlatTable.Partition}
                ORDER BY {FlatTable.Offset} RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS hub_mark
            FROM {rows} AS r LEFT JOIN (VALUES {known}) AS m(topic, partition, mark)
              ON m.topic = r.{FlatTable.Topic} AND m.partition = r.{FlatTable.Partition}
            """;
    }
}
