using ServerlessHub.Engine;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>Parses the messages of events, after their objects are taken out of their envelopes, and learns what they are.</summary>
internal sealed class EventParser(StreamEngine engine, EventType type)
{
    /// <summary>The engine's table of parsed events.</summary>
    public const string Parsed = "hub_parsed";

    private const string Objects = "hub_objects";
    private const string OpenedObjects = "hub_opened_objects";

    private readonly FlattenDefinition _flatten = engine.Stream.Document.Flatten!;

    /// <summary>The tables that events become, as far as is known of them.</summary>
    public IReadOnlyList<FlatTable> Tables => type.Type is { } known ? FlatTables.Of(_flatten, known) : [];

    /// <summary>Parses events into <see cref="Parsed"/>.</summary>
    /// <param name="slice">The events; those that are malformed are left out.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="learns">Whether what has not been seen before becomes part of what events are.</param>
    /// <returns>What they become; null where nothing is known of events yet.</returns>
    public ParsedEvents? Parse(EventSlice slice, CancellationToken ct, bool learns = true)
    {
        TakeObjects(slice, learns, ct);
        if (type.Type is not { } known)
            return null;
        var tables = Tables;
        var sql = new FlatSql(_flatten.Key, tables);
        engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Parsed} AS
            SELECT topic, partition, "offset", enqueued_at, is_delete, fit, {FlatTable.Rescued}, {sql.Taken} FROM (
              SELECT *, CASE WHEN fit > 0 THEN {JsonRescueFunction.Name}(object) END AS {FlatTable.Rescued},
                json_transform(object, {Sql.Literal(FlatSql.Structure(known))}) AS {FlatSql.Object}
              FROM {Objects} WHERE object IS NOT NULL
            )
            """,
            ct
        );
        var noKey = string.Join(" OR ", sql.Key.Select(k => $"({k.Value}) IS NULL"));
        return new(
            tables,
            sql,
            _flatten.OnMisfit == MisfitPolicy.Rescue ? noKey : $"{noKey} OR fit >= {JsonFitFunction.Misfits}",
            $"CASE WHEN {noKey} THEN {Sql.Literal($"it has no {string.Join(", ", _flatten.Key)}")} ELSE 'values are not what the schema says: ' || {FlatTable.Rescued} END"
        );
    }

    private void TakeObjects(EventSlice slice, bool learns, CancellationToken ct)
    {
        const string place = "topic, partition, \"offset\", enqueued_at";
        var messages = $"{slice.Table} WHERE fit <> {JsonFitFunction.Malformed}";
        var objects = $"(SELECT {place}, value AS object, false AS is_delete, fit FROM {messages})";
        var judged = $"CASE WHEN object IS NULL THEN {JsonFitFunction.Fits} ELSE {JsonFitFunction.Name}(object) END AS fit";
        if (_flatten.Format != EventFormat.Plain)
        {
            var envelope = EventEnvelope.Of(_flatten.Format);
            objects = OpenedObjects;
            engine.Connection.Execute(
                $"CREATE OR REPLACE TEMP TABLE {OpenedObjects} AS SELECT *, {judged} FROM (SELECT {place}, {envelope.Object} AS object, {envelope.IsDelete} AS is_delete FROM {messages})",
                ct
            );
        }
        engine.Connection.Execute($"CREATE OR REPLACE TEMP VIEW {Objects} AS SELECT * FROM {objects}", ct);
        if (!type.IsInferred || !learns)
            return;
        var unknown = type.Shape is null
            ? $"object IS NOT NULL AND fit <> {JsonFitFunction.Malformed}"
            : $"fit IN ({JsonFitFunction.HoldsMore}, {JsonFitFunction.Misfits})";
        if (engine.Any($"{Objects} WHERE {unknown}", ct) && type.Learn($"SELECT object FROM {Objects} WHERE {unknown}", ct))
            engine.Connection.Execute($"CREATE OR REPLACE TEMP VIEW {Objects} AS SELECT * REPLACE ({judged}) FROM {objects}", ct);
    }
}

/// <summary>What is known of events that were parsed into <see cref="EventParser.Parsed"/>.</summary>
/// <param name="Tables">The tables that they become: the root, then its children.</param>
/// <param name="Sql">How.</param>
/// <param name="Bad">Where this is true of a parsed event, it is no row: it has no key, or does not fit and is not to be rescued.</param>
/// <param name="Reason">Why not.</param>
internal sealed record ParsedEvents(IReadOnlyList<FlatTable> Tables, FlatSql Sql, string Bad, string Reason);
