namespace ServerlessHub.Engine;

/// <summary>How far a running statement is.</summary>
/// <param name="Percentage">0 to 100, or null where DuckDB cannot tell (yet) or nothing runs.</param>
/// <param name="Rows">Rows that its sources have given so far.</param>
/// <param name="TotalRows">Rows that its sources are expected to give; an estimate.</param>
public readonly record struct QueryProgress(double? Percentage, long Rows, long TotalRows);
