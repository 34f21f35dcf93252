using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>How far a run has read a source by a column that grows.</summary>
/// <param name="Value">The highest value that was read, as a parameter's text; null when there was none.</param>
internal sealed record Watermark(string? Value)
{
    /// <summary>Whether a column of a type can be gone by.</summary>
    public static bool Takes(LogicalType type) =>
        type.Kind == TypeKind.SmallInt || (type.Kind != TypeKind.Blob && ParameterValue.Takes(type));

    /// <summary>The column of a source's rows that one of the database means.</summary>
    public static string? ColumnOf(string name, TableSchema? schema, IReadOnlyList<Column> columns)
    {
        var declared =
            schema?.Columns.FirstOrDefault(c => c.Aliases.Append(c.Name).Contains(name, StringComparer.OrdinalIgnoreCase))?.Name ?? name;
        return columns.FirstOrDefault(c => c.Name.Equals(declared, StringComparison.OrdinalIgnoreCase))?.Name;
    }

    /// <summary>The value as a parameter of a query.</summary>
    public QueryParameter Parameter(LogicalType? type) => new(DatabaseQuery.Watermark, type is null ? null : ValueAs(type), type);

    /// <summary>The value as a literal of a type in the engine's SQL.</summary>
    public string Literal(LogicalType type) => Value is null ? "NULL" : $"CAST({Sql.Literal(Value)} AS {type})";

    private object? ValueAs(LogicalType type)
    {
        if (Value is null)
            return null;
        var (value, reason) = ParameterValue.Parse(Value, type.Kind == TypeKind.SmallInt ? LogicalType.Integer : type);
        return reason is null
            ? type.Kind == TypeKind.SmallInt
                ? (short)(int)value!
                : value
            : throw new RunException(
                $"the watermark of the last run {reason}",
                "the column's type has changed; delete the pipeline's state to read everything again"
            );
    }
}
