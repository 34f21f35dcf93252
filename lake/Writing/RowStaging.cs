using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Writing;

/// <summary>Deletes or updates the rows of a table for which a condition is true.</summary>
internal sealed class RowStaging(string table, Connection connection, WriteStaging staging, WriteTarget target)
{
    public StagedChange Delete(string? condition, CancellationToken ct) =>
        Stage("DELETE", condition, new(condition, RowClauseKind.Delete), ct);

    public StagedChange Update(IReadOnlyDictionary<string, string> set, string? condition, CancellationToken ct)
    {
        var values = target.Assignments(set);
        return Stage("UPDATE", condition, new(condition, RowClauseKind.Update, field => values.GetValueOrDefault(field.Name)), ct);
    }

    private StagedChange Stage(string operation, string? condition, RowClause clause, CancellationToken ct)
    {
        var predicate = new RowPredicate(table, connection, condition, target.Before);
        var edit = new RowEdit { Candidates = predicate.Candidates, Unmatched = [clause] };
        return staging.Change(
            new RowRewrite(table, connection, staging, target, edit).Stage(ct),
            new(),
            new(operation)
            {
                Parameters = new() { ["predicate"] = Operation.Json(condition is null ? Array.Empty<string>() : new[] { condition }) },
            },
            predicate.MayHold
        );
    }
}
