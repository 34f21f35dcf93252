namespace ServerlessHub.Lake;

/// <summary>How a table keeps the history of its rows, for <see cref="WriteMode.History"/>.</summary>
public sealed record HistoryColumns
{
    /// <summary>The columns in which a change makes a new version of a row; empty for all incoming ones that are no keys.</summary>
    public IReadOnlyList<string> Tracked { get; init; } = [];

    /// <summary>The column with the time from which a row holds, inclusive.</summary>
    public string ValidFrom { get; init; } = "valid_from";

    /// <summary>The column with the time until which a row holds, exclusive; null in a current row.</summary>
    public string ValidTo { get; init; } = "valid_to";

    /// <summary>The column that is true in the current row of its keys.</summary>
    public string IsCurrent { get; init; } = "is_current";

    /// <summary>
    /// An expression in SQL on the incoming row that says from when it holds; null for the time of the write. It must not be null for any
    /// row.
    /// </summary>
    public string? Since { get; init; }
}
