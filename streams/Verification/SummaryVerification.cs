using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Verification;

/// <summary>Looks at a summary: each row of its flattened table is in it, or was late.</summary>
internal sealed class SummaryVerification(StreamEngine engine, DriverDefinition driver, Snapshot summary, Snapshot? late)
{
    public IEnumerable<StreamCheck> Run(CancellationToken ct)
    {
        var root = engine.Stream.Document.Flatten!.Root;
        using var phase = new SummarisePhase(engine, engine.Stream.Table(root));
        if (phase.Find(driver, ct) is not { } definition || engine.Table(definition.Source).TryRead(ct: ct) is not { } source)
            yield break;
        var sql = new SummarySql(definition.Aggregate);
        var reached = new TableOffsets(engine.Stream.Address).Of(summary);
        var until = EventPlace.OfRows.UpTo(reached);
        // Where rows are replaced, the summary is of those that are there now, which may be newer.
        if (engine.Stream.Document.Flatten.IsMerge || reached.Count == 0)
            yield break;
        using var rows = source.Scan(engine.Connection);
        using var sums = summary.Scan(engine.Connection);
        using var lates = late?.Scan(engine.Connection);
        using var result = engine.Connection.Query(
            $"""
            SELECT (SELECT count(*) FROM {sql.Placed($"(SELECT * FROM ({rows.Sql}) WHERE {until}) AS s")}),
              (SELECT coalesce(sum({SummarySql.Events}), 0)::BIGINT FROM ({sums.Sql})),
              {(lates is null ? "0" : $"(SELECT count(*) FROM ({lates.Sql}) WHERE {until})")}
            """,
            ct
        );
        var counts = result.Rows().Single().Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture)).ToArray();
        yield return new(
            "summarise",
            definition.Table.ToString(),
            null,
            "rows in = rows summarised + late rows",
            counts[0] == counts[1] + counts[2],
            $"{counts[0]} = {counts[1]} + {counts[2]}"
        );
    }
}
