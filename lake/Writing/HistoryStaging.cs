using ServerlessHub.Engine;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>
/// Merges the rows of a query into a table that keeps the history of its rows: a current row that an incoming one differs from is closed,
/// and the incoming one becomes current.
/// </summary>
internal sealed class HistoryStaging(string table, Connection connection, WriteStaging staging, WriteTarget target, WriteOptions options)
{
    /// <summary>The query with the columns that say from when to when a row holds.</summary>
    public static string Query(string query, WriteOptions options, DateTimeOffset now)
    {
        var columns = options.History;
        var since = columns.Since ?? Sql.Literal(new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), now.Offset));
        return $"""
            SELECT incoming.*, (
            {since}
            ) AS {Sql.Identifier(columns.ValidFrom)}, CASE WHEN false THEN (
            {since}
            ) END AS {Sql.Identifier(columns.ValidTo)}, true AS {Sql.Identifier(columns.IsCurrent)} FROM (
            {query}
            ) AS incoming
            """;
    }

    public StagedChange Stage(string query, CancellationToken ct)
    {
        var (from, until, current) = (Field(options.History.ValidFrom), Field(options.History.ValidTo), Field(options.History.IsCurrent));
        var tracked = Tracked().ToList();
        using var incoming = new IncomingTable(table, connection, target, query, options, ct);
        incoming.RefuseDoubles(ct);
        if (incoming.CountNulls(from, ct) is > 0 and var nulls)
            throw new LakeException(table, $"{nulls} of the incoming rows do not say from when they hold; nothing was written.");
        var ranges = incoming.KeyRanges(ct);
        var pruning = new FilePruning(target.Schema, target.Metadata.PartitionColumns, ranges ?? []);
        var differs = string.Join(" OR ", tracked.Select(field => $"{target.Present(field)} IS DISTINCT FROM {target.FromSource(field)}"));
        var newer = $"(target.{Sql.Identifier(from.Name)} < {target.FromSource(from)}) IS NOT FALSE";
        var edit = new RowEdit
        {
            Incoming = incoming.Rows(ranges, $"target.{Sql.Identifier(current.Name)}"),
            Candidates = ranges is null ? [] : target.Before?.Matching(ranges) ?? [],
            Matched = [new($"({differs}) AND {newer}", RowClauseKind.Update, Close), new($"({differs})", RowClauseKind.Keep)],
            Inserts = [new(null, RowClauseKind.Insert, field => target.HasSource(field) ? target.FromSource(field) : null)],
            InsertsSuccessors = true,
        };
        var rows = new RowRewrite(table, connection, staging, target, edit).Stage(ct);
        return staging.Change(
            rows,
            new() { RowsIn = incoming.Count, RowsLate = rows.ByClause[1] },
            Operation(tracked),
            file => ranges is not null && pruning.MayHold(new DataFile(file))
        );

        string? Close(SchemaField field) =>
            field == until ? target.FromSource(from)
            : field == current ? "false"
            : null;
    }

    private SchemaField Field(string column) => target.Schema.Find(column)!;

    private IEnumerable<SchemaField> Tracked()
    {
        var columns = options.History;
        if (columns.Tracked.Count > 0)
            return columns.Tracked.Select(name => target.Schema.Find(name)!);
        var others = options.Keys.Concat([columns.ValidFrom, columns.ValidTo, columns.IsCurrent]).Select(name => target.Schema.Find(name));
        return target.Schema.Fields.Where(field => target.HasSource(field) && !others.Contains(field));
    }

    private Operation Operation(IEnumerable<SchemaField> tracked) =>
        new("MERGE")
        {
            Parameters = new()
            {
                ["predicate"] = Writing.Operation.Json(
                    options.Keys.Select(key => $"(target.{key} <=> source.{key})").Append($"target.{options.History.IsCurrent}")
                ),
                ["matchedPredicates"] = """[{"actionType":"update"}]""",
                ["notMatchedPredicates"] = """[{"actionType":"insert"}]""",
                ["notMatchedBySourcePredicates"] = "[]",
                ["historyOf"] = Writing.Operation.Json(tracked.Select(field => field.Name)),
            },
        };
}
