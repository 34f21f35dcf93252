namespace ServerlessHub.Lake;

/// <summary>Which values of a column a reader is interested in; files that hold none of them are left out.</summary>
/// <param name="Column">The column; one that the table does not have, or a nested one, leaves nothing out.</param>
/// <param name="Min">The least value of interest, spelt as in SQL (<c>42</c>, <c>2024-01-31</c>), or null for no lower bound.</param>
/// <param name="Max">The greatest value of interest, or null for no upper bound.</param>
/// <param name="Nulls">Whether rows without a value are of interest.</param>
public sealed record ColumnRange(string Column, string? Min, string? Max, bool Nulls = false);
