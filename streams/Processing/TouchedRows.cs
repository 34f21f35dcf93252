using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>The rows of a summary that are to be computed anew, each of all that belongs to it.</summary>
internal sealed class TouchedRows(StreamEngine engine, SummaryDefinition summary, SummarySql sql)
{
    private const string Touched = "hub_touched";

    /// <summary>Takes those that placed rows belong to.</summary>
    /// <param name="placed">A FROM term, as of <see cref="SummarySql.Placed"/>.</param>
    /// <param name="condition">Which of them count.</param>
    /// <param name="ct">Ends it.</param>
    public void Find(string placed, string condition, CancellationToken ct)
    {
        var keys = string.Join(", ", sql.Keys.Select(k => $"{k.Value} AS {Sql.Identifier(k.Name)}"));
        engine.Connection.Execute($"CREATE OR REPLACE TEMP TABLE {Touched} AS SELECT DISTINCT {keys} FROM {placed} WHERE {condition}", ct);
    }

    /// <summary>A query for them; one without rows any more has none of them, and is to go.</summary>
    /// <param name="rows">A query for all rows of the flattened table that the summary is of.</param>
    /// <param name="late">A query for those that were late, and stay out; null if there are none.</param>
    /// <param name="isCarriedOn">Whether what is needed to carry a row on is wanted.</param>
    public string Computed(string rows, string? late, bool isCarriedOn)
    {
        var placed = $"(SELECT p.* FROM {sql.Placed($"({rows})")} AS p{NotLate(late)})";
        var on = string.Join(" AND ", sql.Keys.Select(k => $"t.{Sql.Identifier(k.Name)} IS NOT DISTINCT FROM c.{Sql.Identifier(k.Name)}"));
        var keys = string.Join(", ", sql.Keys.Select(k => $"t.{Sql.Identifier(k.Name)}"));
        var others = string.Join(", ", sql.Keys.Select(k => Sql.Identifier(k.Name)));
        return $"""
            SELECT {keys}, c.* EXCLUDE ({others}) REPLACE (coalesce(c.{SummarySql.Events}, 0) AS {SummarySql.Events})
            FROM {Touched} AS t LEFT JOIN ({sql.Select(placed, "true", isCarriedOn)}) AS c ON {on}
            """;
    }

    /// <summary>The times that their windows span, so that files without any of them are not read.</summary>
    public ColumnRange[] Range(CancellationToken ct)
    {
        if (summary.Aggregate.Window is not { } window)
            return [];
        using var span = engine.Connection.Query(
            $"SELECT min({Aggregate.WindowStart})::VARCHAR, max({sql.EndOf(Aggregate.WindowStart)})::VARCHAR, bool_or({Aggregate.WindowStart} IS NULL) FROM {Touched}",
            ct
        );
        return span.Rows().Single() is [string least, string most, bool nulls] ? [new(window.Time.Name, least, most, nulls)] : [];
    }

    private static string NotLate(string? late)
    {
        if (late is null)
            return "";
        string[] place = [FlatTable.Topic, FlatTable.Partition, FlatTable.Offset];
        var same = string.Join(" AND ", place.Select(c => $"l.{c} = p.{c}"));
        return $" WHERE NOT EXISTS (SELECT 1 FROM ({late}) AS l WHERE {same} AND l.{Aggregate.WindowStart} = p.{DuckDbWindow.Start})";
    }
}
