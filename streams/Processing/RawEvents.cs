using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Processing;

/// <summary>Events as the raw table has them, for phases that are not as far.</summary>
internal sealed class RawEvents(StreamEngine engine)
{
    private const string Slice = "hub_raw";

    private readonly TableOffsets _offsets = new(engine.Stream.Address);

    /// <summary>The next events that a phase does not have, as many as a batch may hold of a partition.</summary>
    /// <param name="reached">How far the phase has come.</param>
    /// <param name="partitions">Those that are asked for.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Null if it has all that the raw table has.</returns>
    public EventSlice? After(
        IReadOnlyDictionary<SourcePartition, long> reached,
        IReadOnlyList<SourcePartition> partitions,
        CancellationToken ct
    )
    {
        var table = engine.Table(engine.Stream.RawTable).TryRead(ct: ct);
        var raw = _offsets.Of(table);
        var steps = partitions
            .Where(raw.ContainsKey)
            .Select(p => (Partition: p, From: reached.TryGetValue(p, out var at) ? at : (long?)null, To: raw[p]))
            .Where(s => s.From is null || s.From < s.To)
            .ToDictionary(s => s.Partition, s => (s.From, s.To));
        if (steps.Count == 0)
            return null;
        steps = Cut(table!, steps, ct);
        using var scan = table!.Scan(engine.Connection, Ranges(steps));
        engine.Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE {Slice} AS
            SELECT topic, partition, "offset", enqueued_at, key, headers, value, NULL::BLOB AS bytes,
              CASE WHEN value IS NULL THEN 0 ELSE {JsonFitFunction.NameAtIngest}(value) END AS fit
            FROM ({scan.Sql}) WHERE {Condition(steps)}
            """,
            ct
        );
        return new(Slice, steps, engine.Count(Slice, ct));
    }

    /// <summary>Ends each partition where there are as many events as a batch holds.</summary>
    private Dictionary<SourcePartition, (long? From, long To)> Cut(
        Snapshot table,
        Dictionary<SourcePartition, (long? From, long To)> steps,
        CancellationToken ct
    )
    {
        var most = Math.Max(1, engine.Stream.Document.Ingest!.MaxEvents / steps.Count);
        if (steps.Values.All(s => s.To - (s.From ?? -1) <= most))
            return steps;
        using var scan = table.Scan(engine.Connection, Ranges(steps));
        using var ends = engine.Connection.Query(
            $"""
            SELECT topic, partition, "offset" FROM ({scan.Sql}) WHERE {Condition(steps)}
            QUALIFY row_number() OVER (PARTITION BY topic, partition ORDER BY "offset") = {most}
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

    private static ColumnRange[] Ranges(IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps) =>
        [
            new(
                "offset",
                (steps.Values.Min(s => s.From ?? -1) + 1).ToString(CultureInfo.InvariantCulture),
                steps.Values.Max(s => s.To).ToString(CultureInfo.InvariantCulture)
            ),
        ];

    private static string Condition(IReadOnlyDictionary<SourcePartition, (long? From, long To)> steps) =>
        string.Join(
            " OR ",
            steps.Select(s =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"(topic = {Sql.Literal(s.Key.Topic)} AND partition = {s.Key.Partition} AND \"offset\" BETWEEN {(s.Value.From ?? -1) + 1} AND {s.Value.To})"
                )
            )
        );
}
