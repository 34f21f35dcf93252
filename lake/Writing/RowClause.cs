using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>What happens to the rows for which a condition is true, in SQL on <c>target</c> and, where there is an incoming row, <c>source</c>.</summary>
/// <param name="Condition">The condition; null for always.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Value">The value of a column, or null for the one it has, or by itself gets; of an update or an insert.</param>
internal sealed record RowClause(string? Condition, RowClauseKind Kind, Func<SchemaField, string?>? Value = null)
{
    /// <summary>Whether its values are those of the incoming row alone.</summary>
    public bool IsFromSource { get; init; }

    /// <summary>The number of the first of the clauses that applies, counted from an offset; null if none does.</summary>
    public static string Choose(IReadOnlyList<RowClause> clauses, int offset)
    {
        if (clauses.Count == 0)
            return "NULL";
        var cases = clauses.Select((clause, index) => $"WHEN (\n{clause.Condition ?? "true"}\n) THEN {offset + index}");
        return $"CASE {string.Join(' ', cases)} END";
    }
}

/// <summary>What a clause does with a row.</summary>
internal enum RowClauseKind
{
    Update,
    Delete,
    Insert,

    /// <summary>Nothing; the rows are only counted.</summary>
    Keep,
}
