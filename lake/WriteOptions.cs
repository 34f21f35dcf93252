namespace ServerlessHub.Lake;

/// <summary>What a write does, and how it is known again.</summary>
public sealed record WriteOptions
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

    /// <summary>Who writes: a name that is never given to other work. A repeated write with it does nothing.</summary>
    public required string TransactionId { get; init; }

    /// <summary>How far the writer is; a write that is not further than the last committed one of its <see cref="TransactionId"/> does nothing.</summary>
    public long TransactionVersion { get; init; } = 1;

    /// <summary>Whether columns and fields that the table does not have are added to it; otherwise they are an error.</summary>
    public bool EvolveSchema { get; init; }

    /// <summary>The columns of a table that is made now; null for those of the query. A table that is there keeps its own.</summary>
    public IReadOnlyList<TableColumn>? Schema { get; init; }

    /// <summary>
    /// The version of this very table that the query reads, if it reads it: what was committed since then is a conflict, where it would
    /// be lost otherwise.
    /// </summary>
    public long? ReadVersion { get; init; }

    /// <summary>
    /// What else the log is to say of the commit, such as <c>runId</c>, <c>pipeline</c> and <c>userName</c>; names that the log gives a
    /// meaning, such as <c>timestamp</c> and <c>job</c>, are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> CommitInfo { get; init; } = new Dictionary<string, string>();
}
