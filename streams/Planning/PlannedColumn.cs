using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Streams.Planning;

/// <summary>A column of a table that a stream writes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Origins">What its values come from; none where the stream makes them.</param>
public sealed record PlannedColumn(string Name, LogicalType Type, IReadOnlyList<ColumnOrigin> Origins)
{
    internal Column Column => new(Name, Type);
}

/// <summary>What the values of a column come from.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column there.</param>
/// <param name="Path">The place within the JSON that the column holds: <c>$.address.city</c>; null where it is all of it.</param>
public sealed record ColumnOrigin(TableName Table, string Column, string? Path = null);
