using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Care;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Planning;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Verification;

/// <summary>Looks at the flattened tables: each event of the raw table is a row of the root, a dead letter, or one that came before.</summary>
internal sealed class FlattenVerification(StreamEngine engine, Snapshot raw, Snapshot? dead, Snapshot root)
{
    private const string Events = "hub_verified_events";
    private const string Rows = "hub_verified_rows";
    private const string Place = $"{FlatTable.Topic}, {FlatTable.Partition}, {FlatTable.Offset}";

    private readonly FlattenDefinition _flatten = engine.Stream.Document.Flatten!;

    public IEnumerable<StreamCheck> Run(CancellationToken ct)
    {
        Load(ct);
        using (var counts = engine.Connection.Query($"SELECT count(*), count(DISTINCT ({Place})) FROM {Rows}", ct))
        {
            var row = counts.Rows().Single();
            yield return Check(Name, "no event is there twice", Equals(row[0], row[1]), $"{row[0]} rows of {row[1]} events");
        }
        yield return _flatten.IsMerge ? Newest(ct) : Balance(ct);
        if (!_flatten.IsMerge)
            foreach (var table in Children())
                if (engine.Table(engine.Stream.Table(table.Name)).TryRead(ct: ct) is { } child)
                    yield return OfChild(table, child, ct);
    }

    private string Name => engine.Stream.Table(_flatten.Root).ToString();

    private string? IdPath =>
        _flatten.EventId is { } id
        && Tables() is [var flat, ..]
        && flat.Columns.FirstOrDefault(c => c.Name.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } column
            ? JsonPointer.Of(column.Path)
            : null;

    /// <summary>Events as far as the root has come, each with what else they are, and the root's rows.</summary>
    private void Load(CancellationToken ct)
    {
        var reached = new TableOffsets(engine.Stream.Address).Of(root);
        var until = EventPlace.OfEvents.UpTo(reached);
        using var events = raw.Scan(engine.Connection);
        using var letters = dead?.Scan(engine.Connection);
        using var rows = root.Scan(engine.Connection);
        var isDead = letters is null
            ? "false"
            : $"""EXISTS (SELECT 1 FROM ({letters.Sql}) AS d WHERE d.phase = 'flatten' AND d.topic = e.topic AND d.partition = e.partition AND d."offset" = e."offset")""";
        engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Events} AS
            SELECT topic, partition, "offset", {(_flatten.EventId is null ? "NULL" : Object)} AS object, {isDead} AS is_dead
            FROM ({events.Sql}) AS e WHERE ({Object}) IS NOT NULL AND ({until})
            """,
            ct
        );
        // The raw table may keep events for a time only.
        var kept = new TableOffsets(engine.Stream.Address, RawRetention.Kept).Of(raw).ToDictionary(k => k.Key, k => k.Value - 1);
        var gone = EventPlace.OfRows.UpTo(kept);
        var id =
            _flatten.EventId is { } name && root.Columns.Any(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ? $"({Sql.Identifier(name)})::VARCHAR"
                : "NULL::VARCHAR";
        engine.Connection.Execute(
            $"CREATE OR REPLACE TEMP TABLE {Rows} AS SELECT {Place}, {id} AS id, NOT ({gone}) AS is_kept FROM ({rows.Sql})",
            ct
        );
    }

    private StreamCheck Balance(CancellationToken ct)
    {
        var missing = $"""
            SELECT e.* FROM {Events} AS e ANTI JOIN {Rows} AS r ON r.{FlatTable.Topic} = e.topic AND r.{FlatTable.Partition} = e.partition AND r.{FlatTable.Offset} = e."offset"
            WHERE NOT is_dead
            """;
        var again = IdPath is { } path
            ? $"(SELECT count(*) FROM ({missing}) AS m SEMI JOIN {Rows} AS r ON r.id = json_extract_string(m.object, {Sql.Literal(path)}))"
            : "0";
        using var result = engine.Connection.Query(
            $"""
            SELECT (SELECT count(*) FROM {Events}), (SELECT count(*) FROM {Rows} WHERE is_kept), (SELECT count(*) FROM {Events} WHERE is_dead), (SELECT count(*) FROM ({missing})), {again}
            """,
            ct
        );
        var counts = result.Rows().Single().Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture)).ToArray();
        var (events, rows, letters, absent, repeated) = (counts[0], counts[1], counts[2], counts[3], counts[4]);
        return Check(
            Name,
            "events in = rows + dead letters + events that came before",
            absent == repeated && events == rows + letters + repeated,
            $"{events} = {rows} + {letters} + {repeated}{(absent == repeated ? "" : $"; {absent - repeated} are missing")}"
        );
    }

    /// <summary>Where rows are replaced, none may be of another event than the last one of its partition that had its key; here, than one there is.</summary>
    private StreamCheck Newest(CancellationToken ct)
    {
        using var result = engine.Connection.Query(
            $"""
            SELECT count(*) FROM {Rows} AS r ANTI JOIN {Events} AS e ON r.{FlatTable.Topic} = e.topic AND r.{FlatTable.Partition} = e.partition AND r.{FlatTable.Offset} = e."offset"
            WHERE is_kept
            """,
            ct
        );
        var strange = result.Scalar<long>();
        return Check(Name, "each row is of an event", strange == 0, strange == 0 ? "all are" : $"{strange} rows are of none");
    }

    private StreamCheck OfChild(FlatTable table, Snapshot child, CancellationToken ct)
    {
        using var scan = child.Scan(engine.Connection);
        using var result = engine.Connection.Query(
            $"""
            SELECT count(*), count(DISTINCT ({Place}, {FlatTable.Id})),
              (SELECT count(*) FROM ({scan.Sql}) AS c ANTI JOIN {Rows} AS r USING ({Place}))
            FROM ({scan.Sql}) AS c SEMI JOIN {Rows} AS r USING ({Place})
            """,
            ct
        );
        var row = result.Rows().Single();
        return Check(
            engine.Stream.Table(table.Name).ToString(),
            "each row is there once",
            Equals(row[0], row[1]),
            $"{row[0]} rows, {row[1]} different ones; {row[2]} more of events that the root does not have yet"
        );
    }

    private string Object => EventEnvelope.Of(_flatten.Format).Object;

    private IReadOnlyList<FlatTable> Tables() => new EventType(engine).Type is { } type ? FlatTables.Of(_flatten, type) : [];

    private IEnumerable<FlatTable> Children() => Tables().Skip(1);

    private static StreamCheck Check(string table, string what, bool isProven, string detail) =>
        new("flatten", table, null, what, isProven, detail);
}
