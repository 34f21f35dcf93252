using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// A summary whose rows are computed anew, of all that their windows hold, when rows in these came or changed: for what cannot be carried on, and
/// where rows are replaced. It follows the versions of the flattened table, by what its change feed says.
/// </summary>
internal sealed class RecomputedSummary(StreamEngine engine, SummaryDefinition summary, bool isOfMerge)
{
    private const string Changed = "hub_changed";

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
        var there = _offsets.Of(before);
        var steps = reached.ToDictionary(r => r.Key, r => (From: TableOffsets.At(there, r.Key), To: r.Value));
        var (marks, placed, anyLate) = isOfMerge
            ? ([], $"(SELECT *, false AS {SummarySql.Late} FROM {_sql.Placed(Changed)})", false)
            : _marks.Place(Changed, _sql, summary.Driver.AllowedLateness, before, ct);
        if (anyLate)
            _late.Write(placed, _sql, new(placed, steps, 0), ct);
        var touched = new TouchedRows(engine, summary, _sql);
        touched.Find(placed, $"NOT {SummarySql.Late}", ct);
        TransactionProgress[] progress =
        [
            new(VersionId, from, source.Version),
            .. steps
                .Where(s => s.Value.From is null || s.Value.From < s.Value.To)
                .Select(s => _offsets.Step(s.Key, s.Value.From, s.Value.To)),
            .. marks,
        ];
        using var scan = source.Scan(engine.Connection, touched.Range(ct));
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
            CommitInfo = engine.CommitInfo([.. progress.Where(_offsets.Has)]),
            Properties = summary.Properties,
        };
        var (result, _) = table.Write(engine.Connection, touched.Computed(scan.Sql, late?.Sql, isCarriedOn: false), options, ct);
        return result is not CommitResult.Conflicted;
    }

    /// <summary>The id under which a summary says of which version of a flattened table it was computed.</summary>
    public static string VersionIdOf(StreamDefinition stream, TableName source) => $"stream:{stream.Address}:version:{source.Table}";

    private string VersionId => VersionIdOf(engine.Stream, summary.Source);

    private void ReadChanged(Snapshot source, long? from, CancellationToken ct)
    {
        // What is not there yet was never computed: all rows are new to it.
        using var scan = from is { } last
            ? engine.Table(summary.Source).Changes(engine.Connection, last + 1, source.Version, ct)
            : source.Scan(engine.Connection);
        engine.Connection.Execute($"CREATE OR REPLACE TEMP TABLE {Changed} AS SELECT * FROM ({scan.Sql})", ct);
    }
}
