using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// The ids of the events that the root table has, as far back as one that comes again is to be known. It follows the table: of what others have
/// committed since, it reads the new files.
/// </summary>
internal sealed class SeenEvents(StreamEngine engine, string idColumn, TimeSpan within)
{
    private const string Table = "hub_seen";
    private HashSet<string>? _files;

    /// <summary>Learns what the table has at a version.</summary>
    public void Follow(Snapshot? table, CancellationToken ct)
    {
        if (_files is null)
        {
            engine.Connection.Execute($"CREATE OR REPLACE TABLE {Table} (id UHUGEINT, seen_at TIMESTAMPTZ)", ct);
            _files = [];
        }
        if (table is null)
            return;
        var there = table.Files.Select(file => file.Path).ToHashSet();
        var unread = table.Files.Where(file => !_files.Contains(file.Path)).ToArray();
        // Only where files were written anew do new ones hold rows that are known, and whether a row is known takes a look at all.
        var unknown = _files.IsSubsetOf(there) ? "" : $"WHERE NOT EXISTS (SELECT 1 FROM {Table} AS s WHERE s.id = e.id)";
        if (unread.Length > 0)
        {
            using var scan = table.Scan(engine.Connection, unread);
            engine.Connection.Execute(
                $"""
                INSERT INTO {Table}
                SELECT * FROM (SELECT {Hash(
                    Sql.Identifier(idColumn)
                )} AS id, {FlatTable.EnqueuedAt} FROM ({scan.Sql}) WHERE {Sql.Identifier(idColumn)} IS NOT NULL) AS e
                {unknown}
                """,
                ct
            );
            Forget(ct);
        }
        _files = there;
    }

    /// <summary>Takes those out of a table of parsed events whose ids came before, in an earlier batch or in this one.</summary>
    /// <param name="events">The engine's table.</param>
    /// <param name="id">The event's id in a row of it.</param>
    /// <param name="ct">Ends it.</param>
    public void Drop(string events, string id, CancellationToken ct) =>
        engine.Connection.Execute(
            $"""
            DELETE FROM {events} WHERE rowid IN (
              SELECT row FROM (
                SELECT rowid AS row, row_number() OVER (PARTITION BY {id} ORDER BY enqueued_at, topic, partition, "offset") AS n
                FROM {events} WHERE {id} IN (SELECT {id} FROM {events} GROUP BY {id} HAVING count(*) > 1)
              )
              WHERE n > 1
              UNION ALL
              SELECT row FROM (SELECT rowid AS row, {Hash(id)} AS id, enqueued_at FROM {events} WHERE {id} IS NOT NULL) AS e
              SEMI JOIN {Table} AS s ON s.id = e.id AND s.seen_at >= e.enqueued_at - to_microseconds({Micros})
            )
            """,
            ct
        );

    private string Micros => (within.Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);

    private void Forget(CancellationToken ct) =>
        engine.Connection.Execute(
            $"DELETE FROM {Table} WHERE seen_at < (SELECT max(seen_at) FROM {Table}) - to_microseconds({Micros})",
            ct
        );

    /// <summary>128 bits, so that two ids are never taken for one.</summary>
    private static string Hash(string id) => $"md5_number(({id})::VARCHAR)";
}
