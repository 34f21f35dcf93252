using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Care;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Verification;

/// <summary>Looks at the raw table and the dead letters of ingest: each offset from the first to the last is in one of them, once.</summary>
internal sealed class IngestVerification(StreamEngine engine, Snapshot raw, Snapshot? dead, IReadOnlyList<SourceGap> gone)
{
    private const string Offsets = "hub_verified_offsets";

    private readonly TableOffsets _reached = new(engine.Stream.Address);

    /// <summary>Where the raw table begins since it keeps no events for ever.</summary>
    private readonly IReadOnlyDictionary<SourcePartition, long> _kept = new TableOffsets(engine.Stream.Address, RawRetention.Kept).Of(raw);

    public IEnumerable<StreamCheck> Run(CancellationToken ct)
    {
        using (var rows = raw.Scan(engine.Connection))
        using (var letters = dead?.Scan(engine.Connection))
        {
            var others = letters is null
                ? ""
                : $"""UNION ALL SELECT topic, partition, "offset", true FROM ({letters.Sql}) WHERE phase = 'ingest'""";
            engine.Connection.Execute(
                $"""CREATE OR REPLACE TEMP TABLE {Offsets} AS SELECT topic, partition, "offset", false AS is_dead FROM ({rows.Sql}) {others}""",
                ct
            );
        }
        foreach (var (partition, last) in _reached.Of(raw).OrderBy(p => p.Key.Topic, StringComparer.Ordinal).ThenBy(p => p.Key.Partition))
        {
            yield return Once(partition, last, ct);
            yield return Gapless(partition, last, ct);
        }
        yield return Chain(ct);
    }

    private StreamCheck Once(SourcePartition partition, long last, CancellationToken ct)
    {
        using var counts = engine.Connection.Query(
            $"""
            SELECT count(*), count(DISTINCT "offset"), count(*) FILTER (WHERE is_dead), coalesce(max("offset"), -1) FROM {Offsets} WHERE {Of(
                partition,
                last
            )}
            """,
            ct
        );
        var row = counts.Rows().Single();
        var (rows, different, letters) = ((long)row[0]!, (long)row[1]!, (long)row[2]!);
        return Check(
            partition,
            "each offset is there once",
            rows == different,
            rows == different ? $"{rows} events, {letters} of them dead letters" : $"{rows} events have only {different} different offsets"
        );
    }

    private StreamCheck Gapless(SourcePartition partition, long last, CancellationToken ct)
    {
        using var result = engine.Connection.Query(
            $"""
            SELECT "offset" + 1, next - 1 FROM (
              SELECT "offset", lead("offset", 1, {last
                + 1}) OVER (ORDER BY "offset") AS next FROM (SELECT DISTINCT "offset" FROM {Offsets} WHERE {Of(partition, last)} {Before(partition)})
            ) WHERE next > "offset" + 1 ORDER BY 1
            """,
            ct
        );
        var gaps = result.Rows().Select(r => new OffsetRange((long)r[0]!, (long)r[1]!)).ToArray();
        var known = gaps.Count(gap => gone.Any(g => g.Source() == partition && g.First <= gap.First && gap.Last <= g.Last));
        return Check(
            partition,
            "no offset is missing",
            known == gaps.Length,
            gaps.Length == 0
                ? $"up to {last}{(_kept.TryGetValue(partition, out var first) ? $", kept from {first} on" : "")}"
                : $"{gaps.Length} gaps, {known} of them of what the source had deleted unread: {string.Join(", ", gaps.Take(10).Select(g => $"{g.First} to {g.Last}"))}{(gaps.Length > 10 ? ", …" : "")}"
        );
    }

    /// <summary>Each commit says from where to where it goes; together they must be one chain.</summary>
    private StreamCheck Chain(CancellationToken ct)
    {
        var reached = new Dictionary<string, long>();
        var broken = new List<string>();
        var commits = 0;
        foreach (var commit in engine.Table(engine.Stream.RawTable).CommitsAfter(-1).Where(c => c.Version <= raw.Version))
        {
            ct.ThrowIfCancellationRequested();
            if (commit.Info["offsets"]?.ToString() is not { } offsets || !commit.ChangesRows)
                continue;
            commits++;
            foreach (var (partition, first, last) in TableOffsets.Read(offsets))
            {
                if (reached.TryGetValue(partition, out var before) && before + 1 != first)
                    broken.Add($"version {commit.Version} goes on from {first} of {partition}, where {before + 1} comes next");
                reached[partition] = last;
            }
        }
        return Check(
            null,
            "the commits follow each other",
            broken.Count == 0,
            broken.Count == 0 ? $"commits in the log: {commits}" : string.Join("; ", broken.Take(5))
        );
    }

    private string Of(SourcePartition partition, long last) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{EventPlace.OfEvents.Is(partition)} AND \"offset\" BETWEEN {_kept.GetValueOrDefault(partition)} AND {last}"
        );

    /// <summary>The offset before the first one that is kept, so that a gap after it is seen.</summary>
    private string Before(SourcePartition partition) =>
        _kept.TryGetValue(partition, out var first) ? string.Create(CultureInfo.InvariantCulture, $"UNION SELECT {first - 1}::BIGINT") : "";

    private StreamCheck Check(SourcePartition? partition, string what, bool isProven, string detail) =>
        new("ingest", engine.Stream.RawTable.ToString(), partition?.ToString(), what, isProven, detail);
}
