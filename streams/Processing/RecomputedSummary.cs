using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// A summary whose rows are computed anew, of all that their windows hold, when rows in these came or changed: for what cannot be carried on, and
/// where rows are replaced. It follows the versions of the flattened table, by what its change feed says.
/// </summary>
internal sealed class RecomputedSummary(StreamEngine engine, SummaryDefinition summary, bool isOfMerge)
{
    private const string Changed = "hub_changed";
    private const string Touched = "hub_touched";

    private readonly SummarySql _sql = new(summary.Aggregate);
    private readonly TableOffsets _offsets = new(engine.Stream.Address);
    private readonly Watermarks _marks = new(engine);
    private readonly LateRows _late = new(engine, summary);

    /// <summary>Computes what the flattened table has that the summary was not computed of.</summary>
    /// <param name="root">The root table, which tells how far the rows go.</param>
    /// <param name="ct">Ends it.</param>
    public void Follow(DeltaTable root, CancellationToken ct)
    {
        while (!TryFollow(root, ct))
            ct.ThrowIfCancellationRequested();
    }

    /// <summary>False if somebody else has changed the summary meanwhile.</summary>
    private bool TryFollow(DeltaTable root, CancellationToken ct)
    {
        // Before the table itself, which is never behind the root.
        var reached = _offsets.Of(root.TryRead(ct: ct));
        if (engine.Table(summary.Source).TryRead(ct: ct) is not { } source)
            return true;
        var table = engine.Table(summary.Table);
        var before = table.TryRead(ct: ct);
        var from = before?.TransactionVersion(VersionId);
        if (from >= source.Version)
            return true;
        ReadChanged(source, from, ct);
        var steps = Steps(before, reached);
        var (marks, placed, anyLate) = isOfMerge
            ? ([], $"(SELECT *, false AS {SummarySql.Late} FROM {_sql.Placed(Changed)})", false)
            : _marks.Place(Changed, _sql, summary.Driver.AllowedLateness, before, ct);
        if (anyLate)
            _late.Write(placed, _sql, new(placed, steps, 0), ct);
        var keys = string.Join(", ", _sql.Keys.Select(k => $"{k.Value} AS {Sql.Identifier(k.Name)}"));
        engine.Connection.Execute(
            $"CREATE OR REPLACE TEMP TABLE {Touched} AS SELECT DISTINCT {keys} FROM {placed} WHERE NOT {SummarySql.Late}",
            ct
        );
        TransactionProgress[] progress =
        [
            new(VersionId, from, source.Version),
            .. steps
                .Where(s => s.Value.From is null || s.Value.From < s.Value.To)
                .Select(s => _offsets.Step(s.Key, s.Value.From, s.Value.To)),
            .. marks,
        ];
        using var scan = source.Scan(engine.Connection, Range(ct));
        using var late = isOfMerge ? null : engine.Table(summary.LateTable).TryRead(ct: ct)?.Scan(engine.Connection);
        var options = new WriteOptions
        {
            Mode = WriteMode.Merge,
            Keys = summary.Keys,
            DeleteWhen = $"{SummarySql.Events} = 0",
            TransactionId = "",
            Progress = progress,
            // What was computed of one version must not replace what was computed of a later one.
            ReadVersion = before?.Version,
            CommitInfo = engine.CommitInfo([.. progress.Skip(1).Take(steps.Count)]),
            Properties = summary.Properties,
        };
        var (result, _) = table.Write(engine.Connection, Computed(scan.Sql, late?.Sql), options, ct);
        return result is not CommitResult.Conflicted;
    }

    private string VersionId => $"stream:{engine.Stream.Address}:version:{summary.Source.Table}";

    private void ReadChanged(Snapshot source, long? from, CancellationToken ct)
    {
        // What is not there yet was never computed: all rows are new to it.
        using var scan = from is { } last
            ? engine.Table(summary.Source).Changes(engine.Connection, last + 1, source.Version, ct)
            : source.Scan(engine.Connection);
        engine.Connection.Execute($"CREATE OR REPLACE TEMP TABLE {Changed} AS SELECT * FROM ({scan.Sql})", ct);
    }

    /// <summary>The touched rows of the summary; one without rows any more has none of them, and goes.</summary>
    private string Computed(string rows, string? late)
    {
        var placed = $"(SELECT p.* FROM {_sql.Placed($"({rows}) AS r")} AS p{NotLate(late)})";
        var on = string.Join(" AND ", _sql.Keys.Select(k => $"t.{Sql.Identifier(k.Name)} IS NOT DISTINCT FROM c.{Sql.Identifier(k.Name)}"));
        var keys = string.Join(", ", _sql.Keys.Select(k => $"t.{Sql.Identifier(k.Name)}"));
        var others = string.Join(", ", _sql.Keys.Select(k => Sql.Identifier(k.Name)));
        return $"""
            SELECT {keys}, c.* EXCLUDE ({others}) REPLACE (coalesce(c.{SummarySql.Events}, 0) AS {SummarySql.Events})
            FROM {Touched} AS t LEFT JOIN ({_sql.Select(placed, "true", isCarriedOn: false)}) AS c ON {on}
            """;
    }

    /// <summary>Rows that were late stay out when their window is computed again for others.</summary>
    private static string NotLate(string? late)
    {
        if (late is null)
            return "";
        string[] place = [FlatTable.Topic, FlatTable.Partition, FlatTable.Offset];
        var same = string.Join(" AND ", place.Select(c => $"l.{c} = p.{c}"));
        return $" WHERE NOT EXISTS (SELECT 1 FROM ({late}) AS l WHERE {same} AND l.{Aggregate.WindowStart} = p.{DuckDbWindow.Start})";
    }

    private Dictionary<SourcePartition, (long? From, long To)> Steps(Snapshot? before, IReadOnlyDictionary<SourcePartition, long> reached)
    {
        var there = _offsets.Of(before);
        return reached.ToDictionary(r => r.Key, r => (there.TryGetValue(r.Key, out var at) ? at : (long?)null, r.Value));
    }

    /// <summary>The times that the touched windows span, so that files without any of them are not read.</summary>
    private ColumnRange[] Range(CancellationToken ct)
    {
        if (summary.Aggregate.Window is not { } window)
            return [];
        using var span = engine.Connection.Query(
            $"SELECT min({Aggregate.WindowStart})::VARCHAR, max({_sql.EndOf(Aggregate.WindowStart)})::VARCHAR, bool_or({Aggregate.WindowStart} IS NULL) FROM {Touched}",
            ct
        );
        return span.Rows().Single() is [string least, string most, bool nulls] ? [new(window.Time.Name, least, most, nulls)] : [];
    }
}
