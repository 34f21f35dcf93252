using ServerlessHub.Api.Tables;
using ServerlessHub.Engine;
using ServerlessHub.Host.Output;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Host;

/// <summary>How two versions of a table differ.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="From">The version that is compared with.</param>
/// <param name="To">The version that is compared.</param>
/// <param name="Counts">How many rows were added, removed and changed.</param>
/// <param name="Columns">How the columns differ, in words; empty if they do not.</param>
/// <param name="Rows">The first rows that differ: what happened, then the row, a changed value as <c>old → new</c>.</param>
internal sealed record TableDiff(string Table, long From, long To, TableDiffCounts Counts, IReadOnlyList<string> Columns, TableRows Rows)
{
    /// <summary>Compares, on an engine that may read the table's files.</summary>
    /// <exception cref="CommandException">A key is no column of both versions, or not unique in one of them.</exception>
    public static TableDiff Compare(
        Connection connection,
        string table,
        Snapshot from,
        Snapshot to,
        IReadOnlyList<string> keys,
        int rows,
        CancellationToken cancellation,
        string? where = null
    )
    {
        var shared = from.Columns.Select(c => c.Name).Where(name => to.Columns.Any(c => Same(c.Name, name))).ToList();
        if (keys.FirstOrDefault(k => !shared.Any(name => Same(name, k))) is { } missing)
            throw CommandException.Usage(
                $"'{missing}' is no column of both versions",
                NearestName.Hint(missing, shared) ?? $"both have: {string.Join(", ", shared)}"
            );
        // A row of a file that both versions have is in both; a deletion vector makes another file of it.
        var (before, after) = (Files(from), Files(to));
        using var old = from.Scan(connection, [.. from.Files.Where(f => !after.Contains(f.Identity))]);
        using var now = to.Scan(connection, [.. to.Files.Where(f => !before.Contains(f.Identity))]);
        old.Read(() => now.Read(Fill));
        var columns = to.Columns.Where(c => !shared.Any(s => Same(s, c.Name))).Select(c => $"column {c.Name} was added");
        var dropped = from.Columns.Where(c => !shared.Any(s => Same(s, c.Name))).Select(c => $"column {c.Name} was removed");
        return new(
            table,
            from.Version,
            to.Version,
            new(Count("added"), Count("removed"), Count("changed")),
            [.. columns, .. dropped],
            TableRows.Read(connection, "SELECT * FROM hub_diff ORDER BY ALL", rows, cancellation)
        );

        long Fill()
        {
            connection.Execute(
                $"CREATE OR REPLACE TEMP VIEW hub_from AS\nSELECT * FROM (\n{old.Sql}\n) WHERE {where ?? "true"}",
                cancellation
            );
            connection.Execute($"CREATE OR REPLACE TEMP VIEW hub_to AS\n{now.Sql}", cancellation);
            foreach (var (view, version) in new[] { ("hub_from", from.Version), ("hub_to", to.Version) })
                RequireUnique(connection, view, version, keys, cancellation);
            connection.Execute(
                $"CREATE OR REPLACE TEMP TABLE hub_diff AS\n{(keys.Count > 0 ? ByKeys(keys, shared) : ByRows(shared))}",
                cancellation
            );
            return Count("changed");
        }

        long Count(string change)
        {
            using var result = connection.Query($"SELECT count(*) FROM hub_diff WHERE change = {Sql.Literal(change)}", cancellation);
            return result.Scalar<long>();
        }
    }

    /// <summary>Shows it to a person.</summary>
    public void Write(Terminal terminal)
    {
        var (added, removed, changed) = (Quantity.Count(Counts.Added), Quantity.Count(Counts.Removed), Quantity.Count(Counts.Changed));
        terminal.Line($"[bold]{Table}[/]  version {From} → {To}: {added} added, {removed} removed, {changed} changed");
        foreach (var column in Columns)
            terminal.WriteLine(column);
        if (Rows.Text.Count == 0)
            return;
        terminal.WriteLine();
        terminal.Write(Rows.ToGrid());
    }

    /// <summary>The comparison for a program.</summary>
    public TableDiffOutput ToOutput() => new(Table, From, To, Counts, Columns, Rows.Json);

    private static HashSet<string> Files(Snapshot snapshot) => [.. snapshot.Files.Select(f => f.Identity)];

    private static void RequireUnique(
        Connection connection,
        string view,
        long version,
        IReadOnlyList<string> keys,
        CancellationToken cancellation
    )
    {
        if (keys.Count == 0)
            return;
        var list = string.Join(", ", keys.Select(Sql.Identifier));
        using var result = connection.Query(
            $"SELECT ROW({list})::VARCHAR FROM {view} GROUP BY {list} HAVING count(*) > 1 LIMIT 1",
            cancellation
        );
        if (result.Rows().FirstOrDefault() is { } twice)
            throw CommandException.Usage(
                $"version {version} has more than one row with {string.Join(", ", keys)} = {twice[0]}",
                "name more columns in --keys, or leave it out"
            );
    }

    private static string ByKeys(IReadOnlyList<string> keys, IReadOnlyList<string> shared)
    {
        var on = string.Join(" AND ", keys.Select(k => $"o.{Sql.Identifier(k)} IS NOT DISTINCT FROM n.{Sql.Identifier(k)}"));
        var values = shared.Where(name => !keys.Any(k => Same(k, name))).ToList();
        var differs = values.Select(v => $"o.{Sql.Identifier(v)} IS DISTINCT FROM n.{Sql.Identifier(v)}").DefaultIfEmpty("false");
        var columns = keys.Select(k =>
                $"CASE WHEN n.hub_there THEN n.{Sql.Identifier(k)} ELSE o.{Sql.Identifier(k)} END AS {Sql.Identifier(k)}"
            )
            .Concat(values.Select(Value));
        return $"""
            SELECT CASE WHEN o.hub_there IS NULL THEN 'added' WHEN n.hub_there IS NULL THEN 'removed' ELSE 'changed' END AS change, {string.Join(
                ", ",
                columns
            )}
            FROM (SELECT *, true AS hub_there FROM hub_from) AS o FULL JOIN (SELECT *, true AS hub_there FROM hub_to) AS n ON {on}
            WHERE o.hub_there IS NULL OR n.hub_there IS NULL OR {string.Join(" OR ", differs)}
            """;

        static string Value(string name)
        {
            var column = Sql.Identifier(name);
            var (old, now) = ($"coalesce(o.{column}::VARCHAR, '∅')", $"coalesce(n.{column}::VARCHAR, '∅')");
            return $"CASE WHEN o.hub_there IS NULL THEN n.{column}::VARCHAR WHEN n.hub_there IS NULL THEN o.{column}::VARCHAR "
                + $"WHEN o.{column} IS DISTINCT FROM n.{column} THEN {old} || ' → ' || {now} ELSE n.{column}::VARCHAR END AS {column}";
        }
    }

    private static string ByRows(IReadOnlyList<string> shared)
    {
        var list = string.Join(", ", shared.Select(Sql.Identifier));
        return $"""
            SELECT 'removed' AS change, * FROM (SELECT {list} FROM hub_from EXCEPT ALL SELECT {list} FROM hub_to)
            UNION ALL
            SELECT 'added', * FROM (SELECT {list} FROM hub_to EXCEPT ALL SELECT {list} FROM hub_from)
            """;
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
