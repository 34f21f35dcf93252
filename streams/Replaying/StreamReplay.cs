using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Care;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Planning;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Replaying;

/// <summary>
/// Takes what the raw table has through the later phases again, as the document is now, into tables beside the stream's own, which can be compared
/// with these and put in their place. The stream may run meanwhile.
/// </summary>
/// <param name="root">The hub.</param>
/// <param name="stream">The stream.</param>
/// <param name="options">What it may take of the machine; null for the defaults.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class StreamReplay(HubRoot root, StreamDefinition stream, StreamOptions? options = null, TimeProvider? time = null)
{
    private const string Document = "replay";

    private readonly StreamFolder _folder = new(root.Storage, stream.Address);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The replay that there is; null if there is none.</summary>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    public Replay? Find() => _folder.Read<Replay>(Document);

    /// <summary>Replays up to where the raw table is. What was begun before goes on.</summary>
    /// <exception cref="StreamException">
    /// There is nothing to replay, the stream has no tables but the raw one, there is another replay already, or somebody else is at it.
    /// </exception>
    /// <exception cref="LakeException">A table cannot be read or written; doing it again is safe.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; it goes on when it is done again.</exception>
    public Replay Run(ReplayStart start, CancellationToken ct = default)
    {
        using var turn = Enter();
        if (stream.Document.Flatten is null)
            throw new StreamException($"stream {stream.Address} only keeps events as they come, and that is not done again");
        var wanted = new Replay(stream.Revision, _time.GetUtcNow(), First(start, ct)?.ToDictionary(f => f.Key.ToString(), f => f.Value));
        var replay = _folder.Keep(Document, wanted);
        if (!replay.IsAs(wanted))
            throw new StreamException(
                $"stream {stream.Address} has another replay, which was begun at {replay.BegunAt:u} {(replay.Revision == stream.Revision ? "from elsewhere" : "by another revision of the document")}",
                "compare it or put it in place with the same document, or drop it first"
            );
        CatchUp(replay, ct);
        return replay;
    }

    /// <summary>The tables that the replay has made, each with the stream's own: the root, its children, the summaries.</summary>
    /// <exception cref="StreamException">There is no replay.</exception>
    /// <exception cref="LakeException">A table cannot be read.</exception>
    public IReadOnlyList<ReplayedTable> Tables(CancellationToken ct = default)
    {
        var replay = Required();
        using var engine = new StreamEngine(root, Shadow(replay), options ?? new(), _time);
        var flatten = stream.Document.Flatten!;
        string[] place = [FlatTable.Topic, FlatTable.Partition, FlatTable.Offset];
        var tables = StreamTables
            .Flat(engine)
            .Select(t =>
                Pair(
                    stream.Table(t.Name),
                    (t.Parent is null, flatten.IsMerge) switch
                    {
                        (true, true) => flatten.Key,
                        (true, false) => place,
                        (false, true) => [FlatTable.Id],
                        (false, false) => [.. place, FlatTable.Id],
                    },
                    replay
                )
            )
            .ToList();
        if (replay.IsOfAll)
        {
            using var summarise = new SummarisePhase(engine, engine.Stream.Table(flatten.Root));
            foreach (var driver in stream.Document.Drivers)
                if (summarise.Find(driver, ct) is { } summary)
                    tables.Add(Pair(stream.Table(driver.Table), summary.Keys, replay));
        }
        return
        [
            .. tables.Where(t => engine.Table(t.Shadow).TryRead(ct: ct) is not null || engine.Table(t.Table).TryRead(ct: ct) is not null),
        ];
    }

    /// <summary>
    /// Puts what was replayed in the place of the stream's tables, one commit a table, each with how far it has come, and drops it then. If it dies in
    /// the middle, it is done again. The raw table stays as it is, and the stream goes on from where the tables are then.
    /// </summary>
    /// <exception cref="StreamException">There is no replay, or only a part was replayed, or the stream was quicker each time.</exception>
    /// <exception cref="LakeException">A table cannot be read or written; doing it again is safe.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; it is to be done again.</exception>
    public void Swap(CancellationToken ct = default)
    {
        using var turn = Enter();
        var replay = Required();
        if (replay.Revision != stream.Revision)
            throw new StreamException(
                $"stream {stream.Address}: the document was changed since the replay was begun",
                "drop the replay, and replay by the document as it is now"
            );
        if (!replay.IsOfAll)
            throw new StreamException(
                $"stream {stream.Address}: only a part of its events was replayed, and would be all that is left",
                "drop the replay, and replay from the raw table, if that still has all events"
            );
        using (var swap = new ReplaySwap(new StreamEngine(root, Shadow(replay), options ?? new(), _time), stream))
            swap.Run(() => CatchUp(replay, ct), ct);
        Remove(replay, ct);
    }

    /// <summary>Deletes what was replayed; nothing happens if there is nothing.</summary>
    /// <exception cref="StreamException">Somebody is at it.</exception>
    /// <exception cref="IOException">The hub's storage fails; doing it again is safe.</exception>
    public void Drop(CancellationToken ct = default)
    {
        using var turn = Enter();
        if (Find() is { } replay)
            Remove(replay, ct);
    }

    private StorageLock Enter() =>
        _folder.Lock(Document)
        ?? throw new StreamException(
            $"stream {stream.Address}: somebody else is at its replay",
            "wait until that has ended, then do it again"
        );

    private Replay Required() =>
        Find() ?? throw new StreamException($"stream {stream.Address} has no replay", "'hub streams replay' makes one");

    private StreamDefinition Shadow(Replay replay) => stream with { Shadow = new(replay.Offsets) };

    private static ReplayedTable Pair(TableName table, IReadOnlyList<string> keys, Replay replay)
    {
        var parts = replay.Offsets?.Select(f =>
            string.Create(CultureInfo.InvariantCulture, $"({EventPlace.OfRows.Is(f.Key)} AND {FlatTable.Offset} >= {f.Value})")
        );
        return new(table, StreamShadow.Of(table), keys, parts is null ? null : string.Join(" OR ", parts));
    }

    private void CatchUp(Replay replay, CancellationToken ct)
    {
        using var processor = new StreamProcessor(root, Shadow(replay), options, _time);
        processor.CatchUp(ct);
    }

    private Dictionary<SourcePartition, long>? First(ReplayStart start, CancellationToken ct)
    {
        if (new DeltaTable(root.Storage, stream.RawTable.Folder).TryRead(ct: ct) is not { } raw)
            throw new StreamException($"stream {stream.Address} has read nothing yet", "there is nothing to replay");
        var known = new TableOffsets(stream.Address).Of(raw);
        if (start.Offsets is { } offsets)
            return offsets.Keys.FirstOrDefault(p => !known.ContainsKey(p)) is { Topic: not null } unknown
                ? throw new StreamException(
                    $"stream {stream.Address} has read no partition {unknown}",
                    $"it has {string.Join(", ", known.Keys.Select(p => p.ToString()).Order(StringComparer.Ordinal))}"
                )
                : new(offsets);
        var kept = new TableOffsets(stream.Address, RawRetention.Kept).Of(raw);
        if (start.Time is not { } from)
            return kept.Count == 0 ? null : known.Keys.ToDictionary(p => p, p => kept.GetValueOrDefault(p));
        using var engine = new StreamEngine(root, stream, options ?? new(), _time);
        using var scan = raw.Scan(engine.Connection);
        using var first = engine.Connection.Query(
            $"""
            SELECT topic, partition, min("offset") FROM ({scan.Sql}) WHERE enqueued_at >= {Sql.Literal(
                from.ToString("O", CultureInfo.InvariantCulture)
            )}::TIMESTAMPTZ
            GROUP BY ALL
            """,
            ct
        );
        var found = first.Rows().ToDictionary(r => new SourcePartition((string)r[0]!, (int)r[1]!), r => (long)r[2]!);
        return found.Count > 0 ? found : throw new StreamException($"stream {stream.Address} has no events from {from:u} on");
    }

    private void Remove(Replay replay, CancellationToken ct)
    {
        using (var engine = new StreamEngine(root, Shadow(replay), options ?? new(), _time))
        {
            foreach (var table in StreamTables.Of(engine))
                Remove(table.Folder, ct);
        }
        _folder.Delete(Document);
    }

    private void Remove(string table, CancellationToken ct)
    {
        // The log first: without it what is left is no table.
        foreach (
            var file in root
                .Storage.ListBelow(table)
                .OrderByDescending(f => f.Path.StartsWith($"{table}/_delta_log/", StringComparison.Ordinal))
        )
        {
            ct.ThrowIfCancellationRequested();
            root.Storage.Delete(file.Path);
        }
    }
}
