namespace ServerlessHub.Lake.Writing;

/// <summary>A data file that the engine wrote, as it tells.</summary>
/// <param name="Path">Where it is, relative to the table.</param>
/// <param name="Rows">How many rows it holds.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Columns">Its columns' statistics.</param>
/// <param name="PartitionValues">The value of each partition column, as the engine spells it.</param>
internal sealed record WrittenFile(
    string Path,
    long Rows,
    long Size,
    IReadOnlyList<ColumnStatistics> Columns,
    IReadOnlyDictionary<string, string?> PartitionValues
);
