using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>Makes a column's type of the text that stands for its value, in SQL, and tells a value that the type cannot hold from one that is not there.</summary>
/// <param name="column">The column.</param>
/// <param name="text">The SQL of the text; of a value with parts, of its form with texts in it.</param>
internal sealed class JsonFit(Column column, string text)
{
    private const int LongestValue = 80;

    /// <summary>Whether the type is a whole number's: the engine would round a fraction for it without a word.</summary>
    public static bool IsWhole(LogicalType type) =>
        type.IsNumeric && type.Kind is not (TypeKind.Float or TypeKind.Double or TypeKind.Decimal);

    /// <summary>A type with texts in place of all that has no parts.</summary>
    public static LogicalType Texts(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.List => LogicalType.List(Texts(type.Element)),
            TypeKind.Struct => LogicalType.Struct([.. type.Children.Select(c => new Column(c.Name, Texts(c.Type)))]),
            TypeKind.Map => LogicalType.Map(type.Children[0].Type, Texts(type.Children[1].Type)),
            _ => LogicalType.Varchar,
        };

    /// <summary>The value in its type; null where it does not fit.</summary>
    public string Value => HasParts ? $"TRY(CAST({text} AS {column.Type}))" : $"TRY_CAST({text} AS {column.Type})";

    /// <summary>Whether there is a value and it does not fit.</summary>
    /// <param name="value">The value as <see cref="Value"/> gave it.</param>
    /// <param name="whole">The object, as text.</param>
    public string IsBad(string value, string whole)
    {
        // Where something has another form than is declared, not even its texts are there; only what is empty has to be looked at again.
        if (column.Type.Kind == TypeKind.Struct)
            return $"({IsHollow(value)} AND json_type({whole}, {Path}) <> 'NULL' AND ({value} IS NULL OR json_type({whole}, {Path}) <> 'OBJECT'))";
        if (HasParts)
            return $"({value} IS NULL AND json_type({whole}, {Path}) <> 'NULL')";
        return IsWhole(column.Type)
            ? $"({text} IS NOT NULL AND ({value} IS NULL OR (contains({text}, '.') AND TRY_CAST({text} AS DOUBLE) <> {value})))"
            : $"({text} IS NOT NULL AND {value} IS NULL)";
    }

    /// <summary>What is wrong with a bad value, in words.</summary>
    /// <param name="whole">The object, as text.</param>
    public string Reason(string whole)
    {
        var value = HasParts ? $"CAST(json_extract({whole}, {Path}) AS VARCHAR)" : text;
        return $"{Sql.Literal($"column '{column.Name}' holds '")} || left({value}, {LongestValue}) || {Sql.Literal($"', which is no {column.Type}")}";
    }

    private string IsHollow(string value) =>
        string.Join(" AND ", column.Type.Children.Select(c => $"{value}.{Sql.Identifier(c.Name)} IS NULL"));

    private bool HasParts => column.Type.Kind is TypeKind.List or TypeKind.Struct or TypeKind.Map;

    private string Path => Sql.Literal($"$.{JsonSerializer.Serialize(column.Name)}");
}
