using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Replaying;

/// <summary>
/// Puts replayed tables in the place of a stream's: children, the root, its dead letters, then what is made of them. Each commit says how far its rows
/// go, and is made only where the stream's table has not come further, so it does no harm if the stream runs, or if this dies between two of them.
/// </summary>
internal sealed class ReplaySwap(StreamEngine engine, StreamDefinition stream) : IDisposable
{
    /// <summary>How often it begins anew while the stream is quicker.</summary>
    private const int Attempts = 10;

    private readonly TableOffsets _events = new(stream.Address);
    private readonly TableOffsets _dead = new(stream.Address, "flatten");
    private readonly TableOffsets _marks = new(stream.Address, "watermark");

    /// <summary>The versions that were made.</summary>
    private readonly Dictionary<TableName, long> _swapped = [];

    /// <summary>Does it.</summary>
    /// <param name="catchUp">Brings the replay to where the raw table is.</param>
    /// <param name="ct">Ends it.</param>
    public void Run(Action catchUp, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            catchUp();
            if (TryRun(ct))
                return;
        }
        throw new StreamException(
            $"stream {stream.Address}: its tables came further each time the replay was to take their place",
            "pause the stream, put the replay in place, and resume it"
        );
    }

    public void Dispose() => engine.Dispose();

    private bool TryRun(CancellationToken ct)
    {
        var flatten = stream.Document.Flatten!;
        var shadow = engine.Table(engine.Stream.Table(flatten.Root)).TryRead(ct: ct)!;
        // All tables of a replay are as far as its root, also those that got no row of late.
        var reached = _events.Of(shadow);
        var tables = StreamTables.Flat(engine).Select(t => t.Name).Reverse().ToArray();
        foreach (var name in tables)
            if (!TrySwap(stream.Table(name), _events, reached, null, ct))
                return false;
        if (!TrySwap(stream.DeadLetterTable, _dead, reached, "phase = 'flatten'", ct))
            return false;
        foreach (var driver in stream.Document.Drivers)
            if (!TrySwap(stream.LateTable(driver.Table), _events, reached, null, ct) || !TrySwapSummary(driver, reached, ct))
                return false;
        return true;
    }

    private bool TrySwapSummary(DriverDefinition driver, IReadOnlyDictionary<SourcePartition, long> reached, CancellationToken ct)
    {
        var table = stream.Table(driver.Table);
        var (before, shadow) = (engine.Table(table).TryRead(ct: ct), engine.Table(StreamShadow.Of(table)).TryRead(ct: ct));
        var marks = _marks.Of(before);
        var steps = _marks.Of(shadow).Select(m => _marks.Step(m.Key, marks.TryGetValue(m.Key, out var at) ? at : null, m.Value)).ToList();
        // Which version of the flattened table it was computed of, where it follows versions: now the one that the replay made.
        var source = driver.Source is { } name ? stream.Table(name) : stream.Table(stream.Document.Flatten!.Root);
        if (shadow?.TransactionVersion(RecomputedSummary.VersionIdOf(stream, StreamShadow.Of(source))) is not null)
        {
            var id = RecomputedSummary.VersionIdOf(stream, source);
            steps.Add(new(id, before?.TransactionVersion(id), _swapped[source]));
        }
        return TrySwap(table, _events, reached, null, ct, steps);
    }

    /// <summary>False if the stream's table has come further than the replay.</summary>
    private bool TrySwap(
        TableName name,
        TableOffsets offsets,
        IReadOnlyDictionary<SourcePartition, long> reached,
        string? where,
        CancellationToken ct,
        IReadOnlyList<TransactionProgress>? more = null
    )
    {
        var table = engine.Table(name);
        var (before, shadow) = (table.TryRead(ct: ct), engine.Table(StreamShadow.Of(name)).TryRead(ct: ct));
        if ((before ?? shadow) is not { } either)
            return true;
        var now = offsets.Of(before);
        if (now.Any(n => !reached.TryGetValue(n.Key, out var at) || at < n.Value))
            return false;
        TransactionProgress[] steps =
        [
            .. reached.Select(r => offsets.Step(r.Key, now.TryGetValue(r.Key, out var at) ? at : null, r.Value)),
        ];
        using var scan = (shadow ?? either).Scan(engine.Connection);
        var options = new WriteOptions
        {
            Mode =
                before is null ? WriteMode.Append
                : where is null ? WriteMode.Overwrite
                : WriteMode.OverwriteWhere,
            ReplaceWhere = before is null ? null : where,
            TransactionId = "",
            Progress = [.. steps, .. more ?? []],
            EvolveSchema = true,
            CommitInfo = engine.CommitInfo([]),
            Properties = before is null ? either.Properties : new Dictionary<string, string?>(),
        };
        var rows = $"SELECT * FROM ({scan.Sql}) WHERE {(shadow is null ? "false" : where ?? "true")}";
        if (table.Write(engine.Connection, rows, options, ct).Result is not CommitResult.Committed committed)
            return false;
        _swapped[name] = committed.Version;
        return true;
    }
}
