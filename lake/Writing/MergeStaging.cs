using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>Merges the rows of a query into a table by keys, clause by clause.</summary>
internal sealed class MergeStaging(string table, Connection connection, WriteStaging staging, WriteTarget target, WriteOptions options)
{
    public StagedChange Stage(string query, CancellationToken ct)
    {
        using var incoming = new IncomingTable(table, connection, target, query, options, ct);
        incoming.RefuseDoubles(ct);
        var ranges = incoming.KeyRanges(ct);
        var pruning = new FilePruning(target.Schema, target.Metadata.PartitionColumns, ranges ?? []);
        var clauses = Clauses().ToLookup(clause => clause.Rows, clause => Row(clause));
        var readsAll = clauses[MergeRows.NotMatchedBySource].Any();
        var edit = new RowEdit
        {
            Incoming = incoming.Rows(ranges),
            Candidates =
                readsAll ? target.Before?.Files ?? []
                : ranges is null ? []
                : target.Before?.Matching(ranges) ?? [],
            Matched = [.. clauses[MergeRows.Matched]],
            Unmatched = [.. clauses[MergeRows.NotMatchedBySource]],
            Inserts = [.. clauses[MergeRows.NotMatched]],
        };
        var rows = new RowRewrite(table, connection, staging, target, edit).Stage(ct);
        return staging.Change(
            rows,
            new() { RowsIn = incoming.Count },
            Operation([.. rows.ByClause], edit),
            file => readsAll || (ranges is not null && pruning.MayHold(new DataFile(file)))
        );
    }

    /// <summary>The clauses asked for, or what a merge does by itself.</summary>
    private IReadOnlyList<MergeClause> Clauses()
    {
        if (options.Clauses.Count > 0)
            return options.Clauses;
        var gone = $"source.{Sql.Identifier(IncomingTable.GoneColumn)}";
        var delete = new MergeClause(MergeRows.Matched, MergeAction.Delete) { Condition = gone };
        return
        [
            .. options.DeleteWhen is null ? Array.Empty<MergeClause>() : [delete],
            new(MergeRows.Matched, MergeAction.Update),
            new(MergeRows.NotMatched, MergeAction.Insert) { Condition = $"NOT {gone}" },
        ];
    }

    private RowClause Row(MergeClause clause) =>
        clause.Action switch
        {
            MergeAction.Delete => new(clause.Condition, RowClauseKind.Delete),
            MergeAction.Update => new(clause.Condition, RowClauseKind.Update, Values(clause)) { IsFromSource = clause.Set.Count == 0 },
            _ => new(clause.Condition, RowClauseKind.Insert, Values(clause)),
        };

    private Func<SchemaField, string?> Values(MergeClause clause)
    {
        if (clause.Set.Count == 0)
            return field => target.HasSource(field) ? target.FromSource(field) : null;
        var values = target.Assignments(clause.Set);
        return field => values.GetValueOrDefault(field.Name);
    }

    private Operation Operation(long[] counts, RowEdit edit)
    {
        long Sum(int from, int count, RowClauseKind kind) =>
            edit.Clauses.Select((clause, index) => index >= from && index < from + count && clause.Kind == kind ? counts[index] : 0).Sum();
        var matched = edit.Matched.Count;
        var unmatched = edit.Unmatched.Count;
        var asked = options.DeleteWhen is null
            ? Clauses().Select(clause => options.Clauses.Count == 0 ? clause with { Condition = null } : clause)
            : Clauses().Select(clause => clause with { Condition = clause.Action == MergeAction.Delete ? options.DeleteWhen : null });
        var described = asked.ToLookup(clause => clause.Rows, Describe);
        return new("MERGE")
        {
            Parameters = new()
            {
                ["predicate"] = Writing.Operation.Json(options.Keys.Select(key => $"(target.{key} <=> source.{key})")),
                ["matchedPredicates"] = Writing.Operation.Json(described[MergeRows.Matched]),
                ["notMatchedPredicates"] = Writing.Operation.Json(described[MergeRows.NotMatched]),
                ["notMatchedBySourcePredicates"] = Writing.Operation.Json(described[MergeRows.NotMatchedBySource]),
            },
            Metrics =
            [
                ("numTargetRowsMatchedUpdated", Sum(0, matched, RowClauseKind.Update)),
                ("numTargetRowsMatchedDeleted", Sum(0, matched, RowClauseKind.Delete)),
                ("numTargetRowsNotMatchedBySourceUpdated", Sum(matched, unmatched, RowClauseKind.Update)),
                ("numTargetRowsNotMatchedBySourceDeleted", Sum(matched, unmatched, RowClauseKind.Delete)),
            ],
        };
    }

    private static JsonNode Describe(MergeClause clause)
    {
        var action = new JsonObject();
        if (clause.Condition is not null)
            action["predicate"] = clause.Condition;
        action["actionType"] = clause.Action.ToString().ToLowerInvariant();
        return action;
    }
}
