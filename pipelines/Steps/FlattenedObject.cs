using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Steps;

/// <summary>A value somewhere in an object, with objects inside taken apart.</summary>
/// <param name="Path">The names from the object down to it; none where it is the element of a list that holds no objects.</param>
/// <param name="Value">The value. In what was parsed from JSON, lists of objects or of lists are lists of JSON texts.</param>
/// <param name="Type">The type it has, or stands for.</param>
internal sealed record FlattenedField(IReadOnlyList<string> Path, Expression Value, LogicalType Type)
{
    /// <summary>Its column: the names with <c>_</c> between them, <c>value</c> where there is none.</summary>
    public string Name => Path.Count == 0 ? "value" : string.Join("_", Path);

    /// <summary>How a document names the list.</summary>
    public string JsonPath => "$" + string.Concat(Path.Select(p => "." + p)) + "[*]";

    /// <summary>Whether it is a list, which can become a dataset of its own.</summary>
    public bool IsList => Type.Kind == TypeKind.List;

    /// <summary>The fields of a value, which is itself the only one unless it is a struct.</summary>
    public static IEnumerable<FlattenedField> Of(Expression value, params IReadOnlyList<string> path) =>
        value.Type.Kind == TypeKind.Struct
            ? value.Type.Children.SelectMany(f => Of(new FieldExpression(value, f.Name, f.Type), [.. path, f.Name]))
            : [new FlattenedField(path, value, value.Type)];

    /// <summary>The fields of a value that was parsed from JSON into <see cref="ParsedShape"/>, converted to the types they have by a schema.</summary>
    public static IEnumerable<FlattenedField> OfParsed(Expression value, LogicalType type, params IReadOnlyList<string> path)
    {
        if (type.Kind == TypeKind.Struct)
            return type.Children.SelectMany(f =>
                OfParsed(new FieldExpression(value, f.Name, ParsedShape(f.Type)), f.Type, [.. path, f.Name])
            );
        var isConverted = value.Type == type || (type.Kind == TypeKind.List && value.Type.Element == LogicalType.Json);
        return [new FlattenedField(path, isConverted ? value : new CastExpression(value, type), type)];
    }

    /// <summary>What JSON of a type is parsed into: texts, so that a conversion that fails says so; structs of them; lists of texts, or of JSON.</summary>
    public static LogicalType ParsedShape(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Struct => LogicalType.Struct(type.Children.Select(f => new Column(f.Name, ParsedShape(f.Type)))),
            TypeKind.List => LogicalType.List(IsNested(type.Element) ? LogicalType.Json : LogicalType.Varchar),
            TypeKind.Map => LogicalType.Json,
            _ => LogicalType.Varchar,
        };

    /// <summary>Whether values of a type hold others, so that in JSON they are objects or lists.</summary>
    public static bool IsNested(LogicalType type) => type.Kind is TypeKind.Struct or TypeKind.List or TypeKind.Map;
}
