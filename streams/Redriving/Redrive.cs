using ServerlessHub.Lake;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Redriving;

/// <summary>
/// Takes dead letters through a stream as its document is now. The tables' offsets have passed them, and stay where they are: rows are written beside
/// those that are there, and letters leave their table last. So each becomes its rows once, also if this dies in the middle and is done again.
/// </summary>
internal sealed class Redrive(StreamEngine engine, FlattenPhase? flatten, SummarisePhase? summarise)
{
    private const string Letters = RedrivenRows.Letters;
    private const string Dead = "hub_still_dead";
    private const string Place = "topic, partition, \"offset\"";

    /// <summary>How often it begins anew while others change the rows of the same keys.</summary>
    private const int Attempts = 20;

    private readonly RedrivenRows _rows = new(engine, flatten);

    /// <summary>Does it, or, if it is dry, only finds out what would come of it.</summary>
    public RedriveResult Run(RedriveFilter filter, bool isDryRun, CancellationToken ct)
    {
        var table = engine.Table(engine.Stream.DeadLetterTable);
        if (table.TryRead(ct: ct) is not { } dead || !Take(dead, filter, ct))
            return new(0, 0, []);
        if (!isDryRun)
            _rows.WriteRaw(ct);
        for (var attempt = 1; !TryFlatten(isDryRun, ct); attempt++)
            if (attempt == Attempts)
                throw new StreamException(
                    $"stream {engine.Stream.Address}: its rows changed each time dead letters were to become rows beside them",
                    "pause the stream, redrive, and resume it; what was done stays, and is not done again"
                );
        var result = Result(ct);
        if (isDryRun)
            return result;
        summarise?.Redo(Letters, _rows.Step, [.. flatten!.Offsets(ct).Keys], ct);
        Settle(table, ct);
        return result;
    }

    /// <summary>Takes the letters that all tables have passed; later ones come to them by themselves.</summary>
    private bool Take(Snapshot dead, RedriveFilter filter, CancellationToken ct)
    {
        var offsets = new TableOffsets(engine.Stream.Address);
        var reached = flatten?.Offsets(ct) ?? offsets.Of(engine.Table(engine.Stream.RawTable).TryRead(ct: ct));
        using var scan = dead.Scan(engine.Connection);
        engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Letters} AS
            SELECT *, CASE WHEN bytes IS NOT NULL THEN {JsonFitFunction.Malformed} WHEN value IS NULL THEN 0
              WHEN json_valid(value) THEN {JsonFitFunction.NameAtIngest}(value) ELSE {JsonFitFunction.Malformed} END AS fit
            FROM (
              SELECT {Place}, enqueued_at, key, headers, TRY(decode(value)) AS value, CASE WHEN TRY(decode(value)) IS NULL THEN value END AS bytes, phase
              FROM ({scan.Sql}) WHERE ({filter.Condition}) AND ({EventPlace.OfEvents.UpTo(reached)})
            )
            """,
            ct
        );
        engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Dead} AS
            SELECT {Place}, 'ingest' AS phase, {Engine.Sql.Literal(
                DeadLetters.NoObject
            )} AS reason FROM {Letters} WHERE fit = {JsonFitFunction.Malformed}
            """,
            ct
        );
        return engine.Any(Letters, ct);
    }

    private bool TryFlatten(bool isDryRun, CancellationToken ct)
    {
        if (flatten is null)
            return true;
        var before = _rows.Versions(ct);
        if (flatten.Parser.Parse(_rows.Slice(ct), ct, learns: !isDryRun) is not { } parsed)
            return true;
        engine.Connection.Execute(
            $"""
            DELETE FROM {Dead} WHERE phase = 'flatten';
            INSERT INTO {Dead}
            SELECT {Place}, 'flatten', {parsed.Reason} FROM {EventParser.Parsed} SEMI JOIN (SELECT {Place} FROM {Letters}) USING ({Place}) WHERE {parsed.Bad};
            DELETE FROM {EventParser.Parsed} WHERE {parsed.Bad}
            """,
            ct
        );
        return isDryRun || _rows.Write(parsed, before, ct);
    }

    private RedriveResult Result(CancellationToken ct)
    {
        var letters = engine.Count(Letters, ct);
        using var reasons = engine.Connection.Query($"SELECT phase, reason, count(*) FROM {Dead} GROUP BY ALL ORDER BY 3 DESC, 1, 2", ct);
        DeadReason[] dead = [.. reasons.Rows().Select(r => new DeadReason((string)r[0]!, (string)r[1]!, (long)r[2]!))];
        return new(letters, letters - dead.Sum(d => d.Letters), dead);
    }

    /// <summary>Takes the letters that are rows now out of their table; the others get the reason that they have now.</summary>
    private void Settle(DeltaTable table, CancellationToken ct)
    {
        var options = new WriteOptions
        {
            Mode = WriteMode.Merge,
            Keys = ["topic", "partition", "offset"],
            Clauses =
            [
                new(MergeRows.Matched, MergeAction.Delete) { Condition = "source.phase IS NULL" },
                new(MergeRows.Matched, MergeAction.Update)
                {
                    Condition = "(target.phase, target.reason) IS DISTINCT FROM (source.phase, source.reason)",
                    Set = new Dictionary<string, string> { ["phase"] = "source.phase", ["reason"] = "source.reason" },
                },
            ],
            TransactionId = "",
            Progress = [_rows.Step(table.TryRead(ct: ct))],
            CommitInfo = engine.CommitInfo([]),
        };
        var (result, _) = table.Write(
            engine.Connection,
            $"SELECT {Place}, d.phase, d.reason FROM (SELECT {Place} FROM {Letters}) LEFT JOIN {Dead} AS d USING ({Place})",
            options,
            ct
        );
        if (result is CommitResult.Conflicted conflict)
            throw new LakeException(
                table.Path,
                $"its dead letters are rows now, but could not be taken out of it: {conflict.Reason}. Redrive them again, which makes no row twice."
            );
    }
}
