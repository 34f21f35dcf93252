using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Writing;

/// <summary>Puts the rows of a query in the place of the table's rows for which a condition is true.</summary>
internal sealed class ReplaceStaging(string table, Connection connection, WriteStaging staging, WriteTarget target)
{
    private const string Refused = "hub: replaced";

    public StagedChange Stage(string query, string condition, CancellationToken ct)
    {
        var predicate = new RowPredicate(table, connection, condition, target.Before);
        var edit = new RowEdit { Candidates = predicate.Candidates, Unmatched = [new(condition, RowClauseKind.Delete)] };
        var rows = new RowRewrite(table, connection, staging, target, edit).Stage(ct);
        var incoming = Write(query, condition, ct);
        var count = incoming.Sum(file => file.Rows);
        return staging.Change(
            rows with
            {
                Written = [.. rows.Written, .. incoming],
                // Readers of changes look at the change files alone if there are any.
                Changes = rows.Changes.Count == 0 ? [] : [.. rows.Changes, .. staging.WriteInserts(incoming, ct)],
                Inserted = count,
            },
            new() { RowsIn = count },
            new("WRITE")
            {
                Parameters = new()
                {
                    ["mode"] = "Overwrite",
                    ["partitionBy"] = Operation.Json(target.Metadata.PartitionColumns),
                    ["predicate"] = condition,
                },
            },
            predicate.MayHold
        );
    }

    /// <summary>Writes the incoming rows; one that the condition is not true of would stay for ever when the same is replaced again.</summary>
    private IReadOnlyList<WrittenFile> Write(string query, string condition, CancellationToken ct)
    {
        var columns = target.Schema.Fields.Select(
            (field, index) =>
            {
                var name = Sql.Identifier(field.Name);
                return index > 0 ? name : $"CASE WHEN (\n{condition}\n) THEN {name} ELSE error({Sql.Literal(Refused)}) END AS {name}";
            }
        );
        try
        {
            return staging.Write($"SELECT {string.Join(", ", columns)} FROM (\n{target.SelectSql(query)}\n) AS target", ct);
        }
        catch (EngineException e) when (e.Message.Contains(Refused, StringComparison.Ordinal))
        {
            throw new LakeException(
                table,
                $"the condition {condition} is not true of each incoming row; leave the others out of the query, or widen the condition. Nothing was written.",
                target.Before?.Version,
                cause: e
            );
        }
    }
}
