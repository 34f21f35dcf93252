using ServerlessHub.Lake;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// Computes the rows of a summary anew that redriven rows belong to, where the summary is else carried on: its offsets have passed these rows, so
/// nothing would add them. Done again, it gives the same.
/// </summary>
internal sealed class RedrivenSummary(StreamEngine engine, SummaryDefinition summary)
{
    private readonly SummarySql _sql = new(summary.Aggregate);
    private readonly TableOffsets _offsets = new(engine.Stream.Address);

    /// <summary>Computes them.</summary>
    /// <param name="letters">The engine's table with the places of the redriven events.</param>
    /// <param name="step">Tells this work apart.</param>
    /// <param name="ct">Ends it.</param>
    public void Write(string letters, Func<Snapshot?, TransactionProgress> step, CancellationToken ct)
    {
        while (!TryWrite(letters, step, ct))
            ct.ThrowIfCancellationRequested();
    }

    /// <summary>False if somebody else has changed the summary meanwhile.</summary>
    private bool TryWrite(string letters, Func<Snapshot?, TransactionProgress> step, CancellationToken ct)
    {
        var table = engine.Table(summary.Table);
        if (table.TryRead(ct: ct) is not { } before || engine.Table(summary.Source).TryRead(ct: ct) is not { } source)
            return true;
        var touched = new TouchedRows(engine, summary, _sql);
        using (var all = source.Scan(engine.Connection))
        {
            var redriven = $"""
                SELECT s.* FROM ({all.Sql}) AS s SEMI JOIN {letters} AS l
                ON l.topic = s.{FlatTable.Topic} AND l.partition = s.{FlatTable.Partition} AND l."offset" = s.{FlatTable.Offset}
                """;
            touched.Find(_sql.Placed($"({redriven})"), "true", ct);
        }
        // What the summary does not have yet is carried on to it in its turn.
        var until = EventPlace.OfRows.UpTo(_offsets.Of(before));
        using var scan = source.Scan(engine.Connection, touched.Range(ct));
        using var late = engine.Table(summary.LateTable).TryRead(ct: ct)?.Scan(engine.Connection);
        var options = new WriteOptions
        {
            Mode = WriteMode.Merge,
            Keys = summary.Keys,
            TransactionId = "",
            Progress = [step(before)],
            ReadVersion = before.Version,
            CommitInfo = engine.CommitInfo([]),
        };
        var rows = touched.Computed($"SELECT * FROM ({scan.Sql}) WHERE {until}", late?.Sql, isCarriedOn: true);
        return table.Write(engine.Connection, rows, options, ct).Result is not CommitResult.Conflicted;
    }
}
