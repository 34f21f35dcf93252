namespace ServerlessHub.Lake.Writing;

/// <summary>A change of single rows: which clause applies to which row of the table, and what comes in addition.</summary>
internal sealed record RowEdit
{
    /// <summary>The files that may hold a row that a clause applies to.</summary>
    public required IReadOnlyList<DataFile> Candidates { get; init; }

    /// <summary>The incoming rows; null if there are none.</summary>
    public IncomingRows? Incoming { get; init; }

    /// <summary>For rows of the table that have an incoming row.</summary>
    public IReadOnlyList<RowClause> Matched { get; init; } = [];

    /// <summary>For the other rows of the table.</summary>
    public IReadOnlyList<RowClause> Unmatched { get; init; } = [];

    /// <summary>For incoming rows that match none of the table.</summary>
    public IReadOnlyList<RowClause> Inserts { get; init; } = [];

    /// <summary>Whether an incoming row is inserted, too, if the row that it matches is updated.</summary>
    public bool InsertsSuccessors { get; init; }

    /// <summary>All clauses for rows of the table, in the order of their numbers.</summary>
    public IReadOnlyList<RowClause> Clauses => [.. Matched, .. Unmatched];
}

/// <summary>The incoming rows of a merge.</summary>
/// <param name="Sql">A query of them, with a number for each in the column <see cref="NumberColumn"/>.</param>
/// <param name="Count">How many there are.</param>
/// <param name="On">When a row of it, <c>source</c>, and one of the table, <c>target</c>, are the same; at most one is for each of the table.</param>
internal sealed record IncomingRows(string Sql, long Count, string On)
{
    public const string NumberColumn = "hub source row";
}
