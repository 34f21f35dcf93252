using ServerlessHub.Lake;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>A summary whose rows are carried on from what they hold, so that rows are looked at once.</summary>
internal sealed class CarriedSummary(StreamEngine engine, SummaryDefinition summary)
{
    private readonly SummarySql _sql = new(summary.Aggregate);
    private readonly TableOffsets _offsets = new(engine.Stream.Address);
    private readonly Watermarks _marks = new(engine);
    private readonly LateRows _late = new(engine, summary);

    /// <summary>What it is.</summary>
    public SummaryDefinition Definition => summary;

    /// <summary>The last offset that the summary has of each partition.</summary>
    public IReadOnlyDictionary<SourcePartition, long> Offsets(CancellationToken ct) =>
        _offsets.Of(engine.Table(summary.Table).TryRead(ct: ct));

    /// <summary>Takes rows into the summary.</summary>
    /// <param name="rows">The engine's table of them.</param>
    /// <param name="steps">From where each partition goes, which is where the summary is, and to where.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>False if somebody else has taken rows of one of the partitions.</returns>
    public bool Write(string rows, IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps, CancellationToken ct)
    {
        var table = engine.Table(summary.Table);
        var (marks, placed, condition) = Place(rows, steps, table.TryRead(ct: ct), ct);
        TransactionProgress[] progress = [.. steps.Select(s => _offsets.Step(s.Key, s.Value.From, s.Value.To)), .. marks];
        var options = new WriteOptions
        {
            Mode = WriteMode.Merge,
            Keys = summary.Keys,
            Clauses = _sql.Clauses,
            TransactionId = "",
            Progress = progress,
            CommitInfo = engine.CommitInfo([.. progress.Where(_offsets.Has)]),
            Properties = summary.Properties,
        };
        var (result, _) = table.Write(engine.Connection, _sql.Select(placed, condition, isCarriedOn: true), options, ct);
        return result is CommitResult.Committed;
    }

    private (IReadOnlyList<TransactionProgress> Marks, string Placed, string Condition) Place(
        string rows,
        IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps,
        Snapshot? table,
        CancellationToken ct
    )
    {
        if (!_sql.HasWindow)
            return ([], rows, "true");
        var (marks, placed, anyLate) = _marks.Place(rows, _sql, summary.Driver.AllowedLateness, table, ct);
        if (anyLate)
            _late.Write(placed, _sql, new(placed, steps, 0), ct);
        return (marks, placed, anyLate ? $"NOT {SummarySql.Late}" : "true");
    }
}
