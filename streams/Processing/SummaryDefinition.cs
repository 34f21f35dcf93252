using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Processing;

/// <summary>A summary that is to be kept up to date.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="Table">The summary.</param>
/// <param name="LateTable">The table of rows that came too late for it.</param>
/// <param name="Source">The flattened table that it is of.</param>
/// <param name="Aggregate">What is computed of it.</param>
/// <param name="IsPublished">Whether its changes are sent on.</param>
internal sealed record SummaryDefinition(
    DriverDefinition Driver,
    TableName Table,
    TableName LateTable,
    TableName Source,
    Aggregate Aggregate,
    bool IsPublished
)
{
    /// <summary>The columns that tell its rows apart.</summary>
    public IReadOnlyList<string> Keys => Aggregate.UniqueKey is { Count: > 0 } keys ? keys : [SummarySql.All];

    /// <summary>The properties of its table.</summary>
    public IReadOnlyDictionary<string, string?> Properties =>
        new Dictionary<string, string?>
        {
            ["delta.autoOptimize.autoCompact"] = "true",
            ["delta.enableChangeDataFeed"] = IsPublished ? "true" : null,
        };

    /// <summary>Its columns, each with the column of rows that it comes from; null for none.</summary>
    /// <param name="isOfMerge">Whether rows of its source may be replaced, so that it is computed anew.</param>
    public IEnumerable<(Column Column, string? Source)> Columns(bool isOfMerge) =>
        new SummarySql(Aggregate).Columns(IsCarriedOn && !isOfMerge);

    /// <summary>Whether a row can be carried on from what it holds. Otherwise the rows it is of are read again.</summary>
    public bool IsCarriedOn => Aggregate.Measures.All(m => m.Measure is not (Measure.CountDistinct or Measure.Median or Measure.P95));
}
