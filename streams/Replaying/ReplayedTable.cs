using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Streams.Replaying;

/// <summary>A table that was replayed, with what is needed to compare both.</summary>
/// <param name="Table">The stream's table.</param>
/// <param name="Shadow">What was replayed.</param>
/// <param name="Keys">The columns that tell rows apart.</param>
/// <param name="Where">Which rows of the stream's table belong to what was replayed; null for all.</param>
public sealed record ReplayedTable(TableName Table, TableName Shadow, IReadOnlyList<string> Keys, string? Where);
