using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// The second phase: events become rows of the root and its children. Children are written before the root, and where the root is decides what is
/// done again, so that a batch that is repeated finds its rows there.
/// </summary>
internal sealed class FlattenPhase
{
    private const string Objects = "hub_objects";
    private const string OpenedObjects = "hub_opened_objects";
    private const string Parsed = "hub_parsed";
    private const string RowsTable = "hub_rows_";
    private const string IsGone = $"{FlatTable.Offset} < 0";

    private readonly StreamEngine _engine;
    private readonly FlattenDefinition _flatten;
    private readonly EventType _type;
    private readonly TableOffsets _offsets;
    private readonly DeadLetters _deadLetters;
    private readonly SeenEvents? _seen;

    public FlattenPhase(StreamEngine engine, EventType type)
    {
        _engine = engine;
        _flatten = engine.Stream.Document.Flatten!;
        _type = type;
        _offsets = new(engine.Stream.Address);
        _deadLetters = new(engine, "flatten");
        Root = engine.Stream.Table(_flatten.Root);
        _seen = _flatten.EventId is { } id ? new(engine, id, _flatten.DuplicatesWithin) : null;
    }

    /// <summary>The root table.</summary>
    public TableName Root { get; }

    /// <summary>The last offset that the root table has of each partition.</summary>
    public IReadOnlyDictionary<SourcePartition, long> Offsets(CancellationToken ct) => _offsets.Of(_engine.Table(Root).TryRead(ct: ct));

    /// <summary>Writes a slice of events, which begins where the root table is.</summary>
    /// <returns>The rows that were written, in tables of the engine; null if somebody else has written rows of one of its partitions.</returns>
    public FlattenedSlice? Write(EventSlice slice, CancellationToken ct)
    {
        var root = _engine.Table(Root).TryRead(ct: ct);
        TakeObjects(slice, ct);
        if (_type.Type is not { } type)
            // Nothing has come yet but what says that something is gone.
            return Finish(slice, root, [], ct);
        var tables = FlatTables.Of(_flatten, type);
        var sql = new FlatSql(_flatten.Key, tables);
        _engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Parsed} AS
            SELECT topic, partition, "offset", enqueued_at, is_delete, fit, {FlatTable.Rescued}, {sql.Taken} FROM (
              SELECT *, CASE WHEN fit > 0 THEN {JsonRescueFunction.Name}(object) END AS {FlatTable.Rescued},
                json_transform(object, {Sql.Literal(FlatSql.Structure(type))}) AS {FlatSql.Object}
              FROM {Objects} WHERE object IS NOT NULL
            )
            """,
            ct
        );
        PutAside(slice, sql, ct);
        if (_seen is not null && sql.ValueOf(_flatten.EventId!) is { } id)
        {
            _seen.Follow(root, ct);
            _seen.Drop(Parsed, id, ct);
        }
        return Finish(slice, root, [.. tables.Select((table, i) => Rows(table, i, sql, ct))], ct);
    }

    /// <summary>Takes the objects out of their envelopes, and learns what they are.</summary>
    private void TakeObjects(EventSlice slice, CancellationToken ct)
    {
        const string place = "topic, partition, \"offset\", enqueued_at";
        var messages = $"{slice.Table} WHERE fit <> {JsonFitFunction.Malformed}";
        var objects = $"(SELECT {place}, value AS object, false AS is_delete, fit FROM {messages})";
        var judged = $"CASE WHEN object IS NULL THEN {JsonFitFunction.Fits} ELSE {JsonFitFunction.Name}(object) END AS fit";
        if (_flatten.Format != EventFormat.Plain)
        {
            objects = OpenedObjects;
            _engine.Connection.Execute(
                $"CREATE OR REPLACE TEMP TABLE {OpenedObjects} AS SELECT *, {judged} FROM (SELECT {place}, {Opened} FROM {messages})",
                ct
            );
        }
        _engine.Connection.Execute($"CREATE OR REPLACE TEMP VIEW {Objects} AS SELECT * FROM {objects}", ct);
        if (!_type.IsInferred)
            return;
        var unknown = _type.Shape is null ? "object IS NOT NULL" : $"fit IN ({JsonFitFunction.HoldsMore}, {JsonFitFunction.Misfits})";
        if (_engine.Any($"{Objects} WHERE {unknown}", ct) && _type.Learn($"SELECT object FROM {Objects} WHERE {unknown}", ct))
            _engine.Connection.Execute($"CREATE OR REPLACE TEMP VIEW {Objects} AS SELECT * REPLACE ({judged}) FROM {objects}", ct);
    }

    /// <summary>The object that a message holds, and whether it is gone.</summary>
    private string Opened =>
        _flatten.Format == EventFormat.CloudEvents
            ? "CAST(value->'$.data' AS VARCHAR) AS object, false AS is_delete"
            : """
                CAST(CASE WHEN coalesce(value->>'$.payload.op', value->>'$.op') = 'd' THEN coalesce(value->'$.payload.before', value->'$.before')
                  ELSE coalesce(value->'$.payload.after', value->'$.after') END AS VARCHAR) AS object,
                coalesce(value->>'$.payload.op', value->>'$.op') = 'd' AS is_delete
                """;

    /// <summary>Takes out what is no row: an event without a key, and one that does not fit where that is not to be rescued.</summary>
    private void PutAside(EventSlice slice, FlatSql sql, CancellationToken ct)
    {
        var noKey = string.Join(" OR ", sql.Key.Select(k => $"({k.Value}) IS NULL"));
        var bad = _flatten.OnMisfit == MisfitPolicy.Rescue ? noKey : $"{noKey} OR fit >= {JsonFitFunction.Misfits}";
        if (!_engine.Any($"{Parsed} WHERE {bad}", ct))
            return;
        var reason =
            $"CASE WHEN {noKey} THEN {Sql.Literal($"it has no {string.Join(", ", _flatten.Key)}")} ELSE 'values are not what the schema says: ' || {FlatTable.Rescued} END";
        if (_flatten.OnMisfit == MisfitPolicy.Fail)
            throw Unfit(bad, reason, ct);
        _deadLetters.Write(
            $"""
            SELECT s.*, p.reason FROM {slice.Table} AS s
            JOIN (SELECT topic, partition, "offset", {reason} AS reason FROM {Parsed} WHERE {bad}) AS p USING (topic, partition, "offset")
            """,
            slice,
            ct
        );
        _engine.Connection.Execute($"DELETE FROM {Parsed} WHERE {bad}", ct);
    }

    private FlattenedRows Rows(FlatTable table, int index, FlatSql sql, CancellationToken ct)
    {
        var from = $"{RowsTable}{index}";
        var rows = (table.Parent is null, _flatten.IsMerge) switch
        {
            (true, false) => sql.Root(Parsed),
            (true, true) => LastOfKey(sql, ct),
            (false, false) => sql.Child(table, Parsed),
            (false, true) =>
                $"SELECT * FROM ({sql.Child(table, Parsed)}) WHERE {Keys} NOT IN (SELECT {Keys} FROM {RowsTable}0 WHERE {IsGone})",
        };
        // What takes no work is not worth a copy.
        _engine.Connection.Execute(
            $"DROP {(_flatten.IsMerge ? "TABLE" : "VIEW")} IF EXISTS {from}; CREATE TEMP {(_flatten.IsMerge ? "TABLE" : "VIEW")} {from} AS {rows}",
            ct
        );
        return new(_engine.Stream.Table(table.Name), table, from);
    }

    /// <summary>
    /// Of several events with one key the last one says how the row is. That of a row which is to go has an offset below zero, by which the merge
    /// knows it; the table never gets it.
    /// </summary>
    private string LastOfKey(FlatSql sql, CancellationToken ct)
    {
        _engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Parsed} AS SELECT * FROM {Parsed}
            QUALIFY row_number() OVER (PARTITION BY {string.Join(", ", sql.Key.Select(k => k.Value))}
              ORDER BY enqueued_at DESC, topic, partition, "offset" DESC) = 1
            """,
            ct
        );
        var goes = _flatten.DeleteWhen is { } condition ? $"coalesce((\n{condition}\n), false)" : "false";
        return $"""
            SELECT * EXCLUDE (is_delete) REPLACE (CASE WHEN is_delete OR {goes} THEN -1 - {FlatTable.Offset} ELSE {FlatTable.Offset} END AS {FlatTable.Offset})
            FROM ({sql.Root(Parsed, "is_delete")})
            """;
    }

    private string Keys => $"({string.Join(", ", _flatten.Key.Select(Sql.Identifier))})";

    private FlattenedSlice? Finish(EventSlice slice, Snapshot? root, IReadOnlyList<FlattenedRows> rows, CancellationToken ct)
    {
        foreach (var child in rows.Skip(1))
            if (!WriteChild(slice, child, ct))
                return null;
        if (rows.Count == 0)
            return new(slice.Steps, []);
        LetWiden(rows[0], ct);
        TransactionProgress[] steps = [.. slice.Steps.Select(s => _offsets.Step(s.Key, s.Value.From, s.Value.To))];
        var options = new WriteOptions
        {
            TransactionId = "",
            Progress = steps,
            EvolveSchema = true,
            CommitInfo = _engine.CommitInfo(steps),
            Properties = PropertiesOf(Root),
            // An event that somebody else has taken meanwhile may be one of these.
            ReadVersion = _seen is null ? null : root?.Version,
        };
        var (result, _) = _engine
            .Table(Root)
            .Write(_engine.Connection, $"SELECT * FROM {rows[0].Table}", _flatten.IsMerge ? Merged(options) : options, ct);
        return result is CommitResult.Committed ? new(slice.Steps, rows) : null;
    }

    private WriteOptions Merged(WriteOptions options) =>
        options with
        {
            Mode = WriteMode.Merge,
            Keys = [.. _flatten.Key],
            DeleteWhen = IsGone,
        };

    private bool WriteChild(EventSlice slice, FlattenedRows rows, CancellationToken ct)
    {
        var table = _engine.Table(rows.Name);
        var (steps, missing) = _offsets.Missing(slice, table.TryRead(ct: ct), FlatTable.Topic, FlatTable.Partition, FlatTable.Offset);
        var select = $"SELECT * FROM {rows.Table} WHERE {missing}";
        var replaces = _flatten.IsMerge && _engine.Table(rows.Name).TryRead(ct: ct) is not null;
        if (steps.Count == 0 || (!replaces && !_engine.Any($"({select})", ct)))
            return true;
        LetWiden(rows, ct);
        var options = new WriteOptions
        {
            Mode = replaces ? WriteMode.OverwriteWhere : WriteMode.Append,
            ReplaceWhere = replaces ? $"{Keys} IN (SELECT {Keys} FROM {RowsTable}0)" : null,
            TransactionId = "",
            Progress = steps,
            EvolveSchema = true,
            CommitInfo = _engine.CommitInfo(steps),
            Properties = PropertiesOf(rows.Name),
        };
        return table.Write(_engine.Connection, select, options, ct).Result is CommitResult.Committed or CommitResult.AlreadyCommitted;
    }

    /// <summary>Lets a table change the types of its columns, once they must: not every reader knows tables that do.</summary>
    private void LetWiden(FlattenedRows rows, CancellationToken ct)
    {
        var table = _engine.Table(rows.Name);
        const string property = "delta.enableTypeWidening";
        if (
            !_type.IsInferred
            || table.TryRead(ct: ct) is not { } snapshot
            || snapshot.Properties.ContainsKey(property)
            || rows.Flat.Columns.All(column => snapshot.Takes(new(column.Name, column.Type), evolve: true))
        )
            return;
        using var change = new RepeatableWrite(() =>
            table.StageProperties(
                new Dictionary<string, string?> { [property] = "true" },
                new CommitOptions { TransactionId = $"stream:{_engine.Stream.Address}:widening", CommitInfo = _engine.CommitInfo([]) }
            )
        );
        change.Commit(ct);
    }

    private StreamException Unfit(string bad, string reason, CancellationToken ct)
    {
        using var first = _engine.Connection.Query(
            $"""SELECT topic, partition, "offset", {reason} FROM {Parsed} WHERE {bad} ORDER BY ALL LIMIT 1""",
            ct
        );
        var row = first.Rows().Single();
        return new(
            $"stream {_engine.Stream.Address}: the event at offset {row[2]} of {row[0]}/{row[1]} cannot be flattened: {row[3]}",
            "correct the schema, or set onMisfit=\"rescue\" or \"deadLetter\""
        );
    }

    /// <summary>Summaries that are computed anew need to know what changed.</summary>
    private Dictionary<string, string?> PropertiesOf(TableName table) =>
        new()
        {
            ["delta.autoOptimize.autoCompact"] = "true",
            ["delta.enableChangeDataFeed"] = _engine.Stream.Document.Drivers.Any(d =>
                (d.Source is { } name ? _engine.Stream.Table(name) : Root) == table
            )
                ? "true"
                : null,
        };
}

/// <summary>Rows of a flattened table, in a table of the engine.</summary>
/// <param name="Name">The table of the lake.</param>
/// <param name="Flat">What it is.</param>
/// <param name="Table">The engine's table, with the same columns.</param>
internal sealed record FlattenedRows(TableName Name, FlatTable Flat, string Table);

/// <summary>What a slice of events became.</summary>
/// <param name="Steps">From where each partition goes, without it, and to where.</param>
/// <param name="Tables">The rows: the root's, then its children's; none where nothing is known of events yet.</param>
internal sealed record FlattenedSlice(
    IReadOnlyDictionary<SourcePartition, (long? From, long To)> Steps,
    IReadOnlyList<FlattenedRows> Tables
);
