namespace ServerlessHub.Lake;

/// <summary>What a write does, and how it is known again.</summary>
public sealed record WriteOptions : CommitOptions
{
    /// <summary>What happens to the rows that the table has.</summary>
    public WriteMode Mode { get; init; } = WriteMode.Append;

    /// <summary>
    /// The columns by whose values rows are kept in files of their own. A new table gets them; a table that is there must have the same,
    /// and none named here means those it has.
    /// </summary>
    public IReadOnlyList<string> PartitionBy { get; init; } = [];

    /// <summary>The columns by which <see cref="WriteMode.Merge"/> finds a row again; null is equal to null.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>
    /// A condition in SQL on the incoming row of a <see cref="WriteMode.Merge"/>: where it is true, rows of the same keys are deleted, and
    /// none is inserted. The caller has checked that it is one expression. Null deletes nothing.
    /// </summary>
    public string? DeleteWhen { get; init; }

    /// <summary>
    /// What a <see cref="WriteMode.Merge"/> does to the rows of the table and the incoming ones; of each kind the first clause whose
    /// condition is true applies. Empty means to replace the rows that match and to insert the incoming rows that match none.
    /// </summary>
    public IReadOnlyList<MergeClause> Clauses { get; init; } = [];

    /// <summary>
    /// A condition in SQL on the table's rows, for <see cref="WriteMode.OverwriteWhere"/>: the rows for which it is true go, and it must be
    /// true of each incoming row. The caller has checked that it is one expression.
    /// </summary>
    public string? ReplaceWhere { get; init; }

    /// <summary>Which columns a <see cref="WriteMode.History"/> keeps track of, and by which it tells from when to when a row held.</summary>
    public HistoryColumns History { get; init; } = new();

    /// <summary>Whether columns and fields that the table does not have are added to it; otherwise they are an error.</summary>
    public bool EvolveSchema { get; init; }

    /// <summary>The properties of a table that is made now, such as <c>delta.enableChangeDataFeed</c>; a table that is there keeps its own.</summary>
    public IReadOnlyDictionary<string, string?> Properties { get; init; } = new Dictionary<string, string?>();

    /// <summary>The columns of a table that is made now; null for those of the query. A table that is there keeps its own.</summary>
    public IReadOnlyList<TableColumn>? Schema { get; init; }
}
