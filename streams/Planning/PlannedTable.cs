using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Streams.Planning;

/// <summary>What a table is to its stream.</summary>
public enum TableRole
{
    /// <summary>It has the events as they came.</summary>
    Raw,

    /// <summary>It has the events that a phase could not take.</summary>
    DeadLetters,

    /// <summary>It has the objects.</summary>
    Root,

    /// <summary>It has what is in a list of the objects.</summary>
    Child,

    /// <summary>It has a driver's summary.</summary>
    Summary,

    /// <summary>It has the rows that came too late for a summary.</summary>
    Late,
}

/// <summary>A table that a stream writes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is.</param>
/// <param name="Location">Where the document names it, or what it belongs to.</param>
/// <param name="Source">The table it is made of; null for the raw table.</param>
/// <param name="Key">The columns by whose values its rows are replaced; empty where each row stays.</param>
/// <param name="Columns">Its columns; null where they are only known once events have come.</param>
public sealed record PlannedTable(
    TableName Name,
    TableRole Role,
    SourceLocation Location,
    TableName? Source,
    IReadOnlyList<string> Key,
    IReadOnlyList<PlannedColumn>? Columns
);
