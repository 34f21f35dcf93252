using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Care;

/// <summary>
/// Deletes what the raw table and its dead letters keep no longer: of each partition the events before the first one that is young enough, but none that
/// the flattened tables do not have yet, nor the last one of a poll, which says where that goes on. The raw table says with which offset it begins since.
/// </summary>
internal sealed class RawRetention(StreamEngine engine)
{
    /// <summary>What the first offsets that are kept are of.</summary>
    public const string Kept = "kept";

    private readonly TableOffsets _events = new(engine.Stream.Address);
    private readonly TableOffsets _kept = new(engine.Stream.Address, Kept);

    /// <summary>Deletes them.</summary>
    public void Apply(CancellationToken ct)
    {
        var table = engine.Table(engine.Stream.RawTable);
        if (engine.Stream.Document.Ingest!.Retention is not { } time || table.TryRead(ct: ct) is not { } raw)
            return;
        var before = _kept.Of(raw);
        var first = First(raw, engine.Time.GetUtcNow() - time, ct).Where(f => f.Value > before.GetValueOrDefault(f.Key)).ToDictionary();
        if (first.Count > 0)
            Delete(table, first, [.. first.Select(f => _kept.Step(f.Key, before.TryGetValue(f.Key, out var at) ? at : null, f.Value))], ct);
        DeleteLetters(_kept.Of(table.TryRead(ct: ct)), ct);
    }

    /// <summary>The first offset of each partition that is to be kept.</summary>
    private Dictionary<SourcePartition, long> First(Snapshot raw, DateTimeOffset from, CancellationToken ct)
    {
        var taken = engine.Stream.Document.Flatten is { } flatten
            ? _events.Of(engine.Table(engine.Stream.Table(flatten.Root)).TryRead(ct: ct))
            : _events.Of(raw);
        var most = engine.Stream.Document.Ingest!.Source.Spec.Name == "poll" ? 0 : 1;
        using var scan = raw.Scan(engine.Connection);
        using var young = engine.Connection.Query(
            $"""
            SELECT topic, partition, coalesce(min("offset") FILTER (WHERE enqueued_at >= {Sql.Literal(
                from.ToString("O", CultureInfo.InvariantCulture)
            )}::TIMESTAMPTZ), max("offset") + 1)
            FROM ({scan.Sql}) GROUP BY ALL
            """,
            ct
        );
        return young
            .Rows()
            .Select(r => (Partition: new SourcePartition((string)r[0]!, (int)r[1]!), First: (long)r[2]!))
            .Where(f => taken.ContainsKey(f.Partition))
            .ToDictionary(f => f.Partition, f => Math.Min(f.First, taken[f.Partition] + most));
    }

    private void DeleteLetters(IReadOnlyDictionary<SourcePartition, long> first, CancellationToken ct)
    {
        var table = engine.Table(engine.Stream.DeadLetterTable);
        if (table.TryRead(ct: ct) is not { } dead)
            return;
        var before = _kept.Of(dead);
        TransactionProgress[] steps =
        [
            .. first
                .Where(f => f.Value > before.GetValueOrDefault(f.Key))
                .Select(f => _kept.Step(f.Key, before.TryGetValue(f.Key, out var at) ? at : null, f.Value)),
        ];
        if (steps.Length > 0)
            Delete(table, first, steps, ct);
    }

    private void Delete(
        DeltaTable table,
        IReadOnlyDictionary<SourcePartition, long> first,
        IReadOnlyList<TransactionProgress> steps,
        CancellationToken ct
    )
    {
        var condition = EventPlace.OfEvents.UpTo(first.ToDictionary(f => f.Key, f => f.Value - 1));
        var options = new CommitOptions
        {
            TransactionId = "",
            Progress = steps,
            CommitInfo = engine.CommitInfo([]),
        };
        using var change = new RepeatableWrite(() => table.StageDelete(engine.Connection, condition, options, ct));
        change.Commit(ct);
    }
}
