using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Planning;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Redriving;

/// <summary>Writes the rows of dead letters that are right now, but those that the tables have, and no row over a newer one of its key.</summary>
internal sealed class RedrivenRows(StreamEngine engine, FlattenPhase? flatten)
{
    /// <summary>The engine's table of the dead letters, with the columns of a slice, and their phase.</summary>
    public const string Letters = "hub_letters";

    private const string Events = "hub_redriven";
    private const string Columns = "topic, partition, \"offset\", enqueued_at, key, headers, value, bytes, fit";

    private bool IsMerge => engine.Stream.Document.Flatten!.IsMerge;

    /// <summary>Work beside the progress of the stream is told apart by how much there was before.</summary>
    public TransactionProgress Step(Snapshot? table)
    {
        var id = $"stream:{engine.Stream.Address}:redrive";
        var done = table?.TransactionVersion(id);
        return new(id, done, (done ?? 0) + 1);
    }

    /// <summary>Adds the letters of ingest that are JSON objects now to the raw table.</summary>
    public void WriteRaw(CancellationToken ct)
    {
        var table = engine.Table(engine.Stream.RawTable);
        var raw = table.TryRead(ct: ct);
        using var rows = raw!.Scan(engine.Connection);
        var missing = $"""
            SELECT topic, partition, "offset", enqueued_at, key, headers, value FROM {Letters} AS l
            WHERE phase = 'ingest' AND fit <> {JsonFitFunction.Malformed} AND NOT EXISTS (
              SELECT 1 FROM ({rows.Sql}) AS r WHERE r.topic = l.topic AND r.partition = l.partition AND r."offset" = l."offset")
            """;
        if (engine.Any($"({missing})", ct))
            Committed(
                table,
                missing,
                new()
                {
                    TransactionId = "",
                    Progress = [Step(raw)],
                    CommitInfo = engine.CommitInfo([]),
                },
                ct
            );
    }

    /// <summary>
    /// The letters as events. Where rows are replaced, later events of the raw table are among them, since the last one of a key says how its row is.
    /// </summary>
    public EventSlice Slice(CancellationToken ct)
    {
        using var raw = IsMerge ? engine.Table(engine.Stream.RawTable).TryRead(ct: ct)?.Scan(engine.Connection) : null;
        var later = raw is null
            ? ""
            : $"""
                UNION ALL SELECT {Columns} FROM (
                  SELECT *, NULL::BLOB AS bytes, CASE WHEN value IS NULL THEN 0 ELSE {JsonFitFunction.NameAtIngest}(value) END AS fit FROM ({raw.Sql})
                ) AS r
                WHERE enqueued_at >= (SELECT min(enqueued_at) FROM {Letters})
                  AND NOT EXISTS (SELECT 1 FROM {Letters} AS l WHERE l.topic = r.topic AND l.partition = r.partition AND l."offset" = r."offset")
                """;
        engine.Connection.Execute($"CREATE OR REPLACE TEMP TABLE {Events} AS SELECT {Columns} FROM {Letters} {later}", ct);
        return new(Events, new Dictionary<Streams.Events.SourcePartition, (long? From, long To)>(), engine.Count(Events, ct));
    }

    /// <summary>The flattened tables as they are before events are looked at.</summary>
    public IReadOnlyDictionary<TableName, long> Versions(CancellationToken ct)
    {
        var tables = flatten!.Parser.Tables.Select(t => engine.Stream.Table(t.Name));
        return tables
            .Select(name => (Name: name, engine.Table(name).TryRead(ct: ct)?.Version))
            .Where(t => t.Version is not null)
            .ToDictionary(t => t.Name, t => t.Version!.Value);
    }

    /// <summary>Writes the parsed letters into the flattened tables: the root last, as ever.</summary>
    /// <param name="parsed">What is known of them.</param>
    /// <param name="before">The tables as they were before.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>False if somebody else has replaced rows of the tables meanwhile: they are to be looked at again.</returns>
    public bool Write(ParsedEvents parsed, IReadOnlyDictionary<TableName, long> before, CancellationToken ct)
    {
        flatten!.DropSeen(parsed, engine.Table(flatten.Root).TryRead(ct: ct), ct);
        if (IsMerge)
            KeepNewest(parsed, ct);
        var rows = flatten.Rows(parsed, ct);
        return rows.Skip(1).Append(rows[0]).All(table => IsMerge ? Replace(table, before, ct) : Add(table, ct));
    }

    private bool Add(FlattenedRows rows, CancellationToken ct)
    {
        var table = engine.Table(rows.Name);
        var there = table.TryRead(ct: ct);
        using var scan = there?.Scan(engine.Connection);
        var same = string.Join(" AND ", new[] { FlatTable.Topic, FlatTable.Partition, FlatTable.Offset }.Select(c => $"t.{c} = n.{c}"));
        var select =
            $"SELECT * FROM {rows.Table} AS n" + (scan is null ? "" : $" WHERE NOT EXISTS (SELECT 1 FROM ({scan.Sql}) AS t WHERE {same})");
        if (engine.Any($"({select})", ct))
            Committed(table, select, flatten!.Options(rows, [Step(there)], ct), ct);
        return true;
    }

    private bool Replace(FlattenedRows rows, IReadOnlyDictionary<TableName, long> before, CancellationToken ct)
    {
        if (!engine.Any($"{EventParser.Parsed}", ct))
            return true;
        var table = engine.Table(rows.Name);
        var options = flatten!.Options(rows, [Step(table.TryRead(ct: ct))], ct) with
        {
            ReadVersion = before.TryGetValue(rows.Name, out var version) ? version : null,
        };
        return table.Write(engine.Connection, $"SELECT * FROM {rows.Table}", options, ct).Result is CommitResult.Committed;
    }

    /// <summary>Of the parsed events only letters stay that are the newest of their key, in the raw table and in the root.</summary>
    private void KeepNewest(ParsedEvents parsed, CancellationToken ct)
    {
        flatten!.KeepLast(parsed, ct);
        const string place = "topic, partition, \"offset\"";
        engine.Connection.Execute($"DELETE FROM {EventParser.Parsed} WHERE ({place}) NOT IN (SELECT ({place}) FROM {Letters})", ct);
        if (engine.Table(flatten.Root).TryRead(ct: ct) is not { } root)
            return;
        using var rows = root.Scan(engine.Connection);
        (string Name, string Value)[] keys = [.. parsed.Sql.Key];
        var same = string.Join(" AND ", keys.Select((k, i) => $"r.{Sql.Identifier(k.Name)} = p.k{i}"));
        engine.Connection.Execute(
            $"""
            DELETE FROM {EventParser.Parsed} WHERE ({place}) IN (
              SELECT (p.topic, p.partition, p."offset")
              FROM (SELECT {place}, enqueued_at, {string.Join(
                ", ",
                keys.Select((k, i) => $"{k.Value} AS k{i}")
            )} FROM {EventParser.Parsed}) AS p
              JOIN ({rows.Sql}) AS r ON {same}
              WHERE r.{FlatTable.EnqueuedAt} > p.enqueued_at OR (r.{FlatTable.EnqueuedAt} = p.enqueued_at
                AND (r.{FlatTable.Topic}, r.{FlatTable.Partition}, -r.{FlatTable.Offset}) < (p.topic, p.partition, -p."offset")))
            """,
            ct
        );
    }

    private void Committed(DeltaTable table, string select, WriteOptions options, CancellationToken ct)
    {
        if (table.Write(engine.Connection, select, options, ct).Result is CommitResult.Conflicted conflict)
            throw new LakeException(table.Path, $"dead letters could not become rows of it: {conflict.Reason}. Redrive them again.");
    }
}
