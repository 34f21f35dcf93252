using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>What a phase does not have yet of what the one before it has, read from that one's table.</summary>
internal sealed class Backlog
{
    private const string Slice = "hub_backlog";

    private readonly StreamEngine _engine;
    private readonly TableOffsets _offsets;
    private readonly TableName _truth;
    private readonly TableName _rows;
    private readonly EventPlace _place;
    private readonly string _select;
    private readonly IReadOnlyDictionary<SourcePartition, long>? _first;

    private Backlog(
        StreamEngine engine,
        TableName truth,
        TableName rows,
        EventPlace place,
        string select,
        IReadOnlyDictionary<SourcePartition, long>? first = null
    )
    {
        (_engine, _truth, _rows, _place, _select, _first) = (engine, truth, rows, place, select, first);
        _offsets = new(engine.Stream.Address);
    }

    /// <summary>Events of the raw table.</summary>
    public static Backlog OfEvents(StreamEngine engine) =>
        new(
            engine,
            engine.Stream.RawTable,
            engine.Stream.RawTable,
            EventPlace.OfEvents,
            $"""
            topic, partition, "offset", enqueued_at, key, headers, value, NULL::BLOB AS bytes,
              CASE WHEN value IS NULL THEN 0 ELSE {JsonFitFunction.NameAtIngest}(value) END AS fit
            """,
            engine.Stream.Shadow?.First
        );

    /// <summary>Rows of a flattened table; the root decides how far they go.</summary>
    public static Backlog OfRows(StreamEngine engine, TableName root, TableName table) => new(engine, root, table, EventPlace.OfRows, "*");

    /// <summary>The next ones that a phase does not have, as many as a batch may hold of a partition.</summary>
    /// <param name="reached">How far the phase has come.</param>
    /// <param name="partitions">Those that are asked for.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Null if it has all, or there is no table of them.</returns>
    public EventSlice? After(
        IReadOnlyDictionary<SourcePartition, long> reached,
        IReadOnlyCollection<SourcePartition> partitions,
        CancellationToken ct
    )
    {
        var there = _offsets.Of(_engine.Table(_truth).TryRead(ct: ct));
        var steps = partitions
            .Where(there.ContainsKey)
            .Select(p => (Partition: p, From: TableOffsets.At(reached, p), To: there[p]))
            .Where(s => s.From is null || s.From < s.To)
            .ToDictionary(s => s.Partition, s => (s.From, s.To));
        if (steps.Count == 0 || _engine.Table(_rows).TryRead(ct: ct) is not { } table)
            return null;
        steps = Cut(table, steps, ct);
        using var scan = table.Scan(_engine.Connection, Ranges(steps));
        _engine.Connection.Execute(
            $"CREATE OR REPLACE TEMP TABLE {Slice} AS SELECT {_select} FROM ({scan.Sql}) WHERE {Condition(steps)}",
            ct
        );
        return new(Slice, steps, _engine.Count(Slice, ct));
    }

    /// <summary>Ends each partition where there are as many as a batch holds.</summary>
    private Dictionary<SourcePartition, (long? From, long To)> Cut(
        Snapshot table,
        Dictionary<SourcePartition, (long? From, long To)> steps,
        CancellationToken ct
    )
    {
        var most = Math.Max(1, _engine.Stream.Document.Ingest!.MaxEvents / steps.Count);
        if (steps.Values.All(s => s.To - (s.From ?? -1) <= most))
            return steps;
        using var scan = table.Scan(_engine.Connection, Ranges(steps));
        using var ends = _engine.Connection.Query(
            $"""
            SELECT {_place.Topic}, {_place.Partition}, {_place.Offset} FROM (SELECT DISTINCT {_place.Topic}, {_place.Partition}, {_place.Offset} FROM ({scan.Sql}) WHERE {Condition(
                steps
            )})
            QUALIFY row_number() OVER (PARTITION BY {_place.Topic}, {_place.Partition} ORDER BY {_place.Offset}) = {most}
            """,
            ct
        );
        foreach (var row in ends.Rows())
        {
            var partition = new SourcePartition((string)row[0]!, (int)row[1]!);
            steps[partition] = steps[partition] with { To = (long)row[2]! };
        }
        return steps;
    }

    private ColumnRange[] Ranges(IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps) =>
        [
            new(
                _place.Offset.Trim('"'),
                steps.Min(First).ToString(CultureInfo.InvariantCulture),
                steps.Values.Max(s => s.To).ToString(CultureInfo.InvariantCulture)
            ),
        ];

    private string Condition(IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps) =>
        string.Join(
            " OR ",
            steps.Select(s =>
                string.Create(CultureInfo.InvariantCulture, $"({_place.Is(s.Key)} AND {_place.Offset} BETWEEN {First(s)} AND {s.Value.To})")
            )
        );

    /// <summary>The offset with which a step begins.</summary>
    private long First(KeyValuePair<SourcePartition, (long? From, long To)> step) =>
        step.Value.From + 1 ?? _first?.GetValueOrDefault(step.Key) ?? 0;
}
