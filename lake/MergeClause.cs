namespace ServerlessHub.Lake;

/// <summary>
/// One thing that a merge does. In its SQL, <c>target</c> is the row of the table and <c>source</c> the incoming one, as far as there is
/// one; the caller has checked that each text is one expression.
/// </summary>
/// <param name="Rows">To which rows it applies.</param>
/// <param name="Action">What happens to them.</param>
public sealed record MergeClause(MergeRows Rows, MergeAction Action)
{
    /// <summary>Applies only where this is true; null for always.</summary>
    public string? Condition { get; init; }

    /// <summary>
    /// For an update or an insert, columns of the table and their values; the others keep theirs, or get their defaults. Empty means the
    /// columns of the incoming row, each to the one of its name.
    /// </summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();
}

/// <summary>The rows of a merge, by whether there is another one of the same keys.</summary>
public enum MergeRows
{
    /// <summary>Rows of the table that an incoming one matches.</summary>
    Matched,

    /// <summary>Incoming rows that match none of the table.</summary>
    NotMatched,

    /// <summary>Rows of the table that no incoming one matches; all files of the table are read for them.</summary>
    NotMatchedBySource,
}

/// <summary>What a clause of a merge does.</summary>
public enum MergeAction
{
    /// <summary>Gives columns of a row of the table new values.</summary>
    Update,

    /// <summary>Takes a row out of the table.</summary>
    Delete,

    /// <summary>Adds a row for an incoming one that matches none.</summary>
    Insert,
}
