using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>What a table, a file or a query has to look like, read from an Avro schema or a JSON Schema.</summary>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Doc">What it is, for people.</param>
/// <param name="Columns">Its columns in order; no two have one name, whatever the case.</param>
public sealed record TableSchema(string? Name, string? Doc, IReadOnlyList<SchemaColumn> Columns);

/// <summary>A column of a schema.</summary>
/// <param name="Name">Its name, as it is spelt.</param>
/// <param name="Type">Its type.</param>
/// <param name="Location">Where the schema declares it.</param>
public sealed record SchemaColumn(string Name, LogicalType Type, SourceLocation Location)
{
    /// <summary>Whether it may be null.</summary>
    public bool IsNullable { get; init; }

    /// <summary>What it is, for people.</summary>
    public string? Doc { get; init; }

    /// <summary>The text of the value it takes where it is missing, which the engine casts to its type; null when there is none, or it is null.</summary>
    public string? Default { get; init; }

    /// <summary>The parameter of the run whose value it takes where it is missing; null when there is none.</summary>
    public string? DefaultFrom { get; init; }

    /// <summary>Other names by which what is read may call it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Its name and type.</summary>
    public Column Column => new(Name, Type);
}
