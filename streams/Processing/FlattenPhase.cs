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
    private const string Parsed = EventParser.Parsed;
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
        Parser = new(engine, type);
        _offsets = new(engine.Stream.Address);
        _deadLetters = new(engine, "flatten");
        Root = engine.Stream.Table(_flatten.Root);
        _seen = _flatten.EventId is { } id ? new(engine, id, _flatten.DuplicatesWithin) : null;
    }

    /// <summary>The root table.</summary>
    public TableName Root { get; }

    /// <summary>Parses events.</summary>
    public EventParser Parser { get; }

    /// <summary>The last offset that the root table has of each partition.</summary>
    public IReadOnlyDictionary<SourcePartition, long> Offsets(CancellationToken ct) => _offsets.Of(_engine.Table(Root).TryRead(ct: ct));

    /// <summary>Writes a slice of events, which begins where the root table is.</summary>
    /// <returns>The rows that were written, in tables of the engine; null if somebody else has written rows of one of its partitions.</returns>
    public FlattenedSlice? Write(EventSlice slice, CancellationToken ct)
    {
        var root = _engine.Table(Root).TryRead(ct: ct);
        if (Parser.Parse(slice, ct) is not { } parsed)
            // Nothing has come yet but what says that something is gone.
            return Finish(slice, root, [], ct);
        PutAside(slice, parsed, ct);
        DropSeen(parsed, root, ct);
        if (_flatten.IsMerge)
            KeepLast(parsed, ct);
        return Finish(slice, root, Rows(parsed, ct), ct);
    }

    /// <summary>Takes out what is no row: an event without a key, and one that does not fit where that is not to be rescued.</summary>
    private void PutAside(EventSlice slice, ParsedEvents parsed, CancellationToken ct)
    {
        var (bad, reason) = (parsed.Bad, parsed.Reason);
        if (!_engine.Any($"{Parsed} WHERE {bad}", ct))
            return;
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

    /// <summary>Takes out the parsed events whose ids the root has already, if the document names one.</summary>
    public void DropSeen(ParsedEvents parsed, Snapshot? root, CancellationToken ct)
    {
        if (_seen is null || parsed.Sql.ValueOf(_flatten.EventId!) is not { } id)
            return;
        _seen.Follow(root, ct);
        _seen.Drop(Parsed, id, ct);
    }

    /// <summary>Of several parsed events with one key the last one says how the row is; the others are taken out.</summary>
    public void KeepLast(ParsedEvents parsed, CancellationToken ct) =>
        _engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Parsed} AS SELECT * FROM {Parsed}
            QUALIFY row_number() OVER (PARTITION BY {string.Join(", ", parsed.Sql.Key.Select(k => k.Value))}
              ORDER BY enqueued_at DESC, topic, partition, "offset" DESC) = 1
            """,
            ct
        );

    /// <summary>Makes the rows of all tables of the parsed events.</summary>
    public IReadOnlyList<FlattenedRows> Rows(ParsedEvents parsed, CancellationToken ct) =>
        [.. parsed.Tables.Select((table, i) => Rows(table, i, parsed.Sql, ct))];

    private FlattenedRows Rows(FlatTable table, int index, FlatSql sql, CancellationToken ct)
    {
        var from = $"{RowsTable}{index}";
        var rows = (table.Parent is null, _flatten.IsMerge) switch
        {
            (true, false) => sql.Root(Parsed),
            (true, true) => WithGone(sql),
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

    /// <summary>The row of an event that says it is to go has an offset below zero, by which the merge knows it; the table never gets it.</summary>
    private string WithGone(FlatSql sql)
    {
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
        // An event that somebody else has taken meanwhile may be one of these.
        var options = Options(rows[0], [.. slice.Steps.Select(s => _offsets.Step(s.Key, s.Value.From, s.Value.To))], ct) with
        {
            ReadVersion = _seen is null ? null : root?.Version,
        };
        var (result, _) = _engine.Table(Root).Write(_engine.Connection, $"SELECT * FROM {rows[0].Table}", options, ct);
        return result is CommitResult.Committed ? new(slice.Steps, rows) : null;
    }

    private bool WriteChild(EventSlice slice, FlattenedRows rows, CancellationToken ct)
    {
        var table = _engine.Table(rows.Name);
        var (steps, missing) = _offsets.Missing(slice, table.TryRead(ct: ct), EventPlace.OfRows);
        var select = $"SELECT * FROM {rows.Table} WHERE {missing}";
        if (steps.Count == 0)
            return true;
        var options = Options(rows, steps, ct);
        if (options.Mode == WriteMode.Append && !_engine.Any($"({select})", ct))
            return true;
        return table.Write(_engine.Connection, select, options, ct).Result is CommitResult.Committed or CommitResult.AlreadyCommitted;
    }

    /// <summary>How rows are written: beside those that are there, or in place of those of their keys.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="steps">What is done with them.</param>
    /// <param name="ct">Ends it.</param>
    public WriteOptions Options(FlattenedRows rows, IReadOnlyList<TransactionProgress> steps, CancellationToken ct)
    {
        LetWiden(rows, ct);
        var options = new WriteOptions
        {
            TransactionId = "",
            Progress = steps,
            EvolveSchema = true,
            CommitInfo = _engine.CommitInfo([.. steps.Where(_offsets.Has)]),
            Properties = PropertiesOf(rows.Name),
        };
        if (!_flatten.IsMerge)
            return options;
        if (rows.Flat.Parent is null)
            return options with { Mode = WriteMode.Merge, Keys = [.. _flatten.Key], DeleteWhen = IsGone };
        return _engine.Table(rows.Name).TryRead(ct: ct) is null
            ? options
            : options with
            {
                Mode = WriteMode.OverwriteWhere,
                ReplaceWhere = $"{Keys} IN (SELECT {Keys} FROM {RowsTable}0)",
            };
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
