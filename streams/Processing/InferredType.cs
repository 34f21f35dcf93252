using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// The type of a stream's events where no schema says it: what has been seen of them so far. It only grows: members come in addition, and a type
/// is widened where a table's column can be, too; what fits it even so no better is kept beside the row.
/// </summary>
internal static class InferredType
{
    /// <summary>The type of what is there, and of what has come.</summary>
    public static LogicalType Widen(LogicalType known, LogicalType seen) =>
        (known.Kind, seen.Kind) switch
        {
            _ when known == seen => known,
            (TypeKind.Null, _) => seen,
            (_, TypeKind.Null) => known,
            (TypeKind.Struct, TypeKind.Struct) => Members(known, seen),
            (TypeKind.List, TypeKind.List) => LogicalType.List(Widen(known.Element, seen.Element)),
            (TypeKind.Integer, TypeKind.BigInt or TypeKind.Double) => seen,
            _ => known,
        };

    /// <summary>The type that the engine's <c>json_group_structure</c> describes.</summary>
    public static LogicalType OfStructure(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    /// <summary>The values of one type in another, by the names that lead to them, without those in lists.</summary>
    public static IEnumerable<IReadOnlyList<string>> Leaves(LogicalType type, LogicalType leaf, params IReadOnlyList<string> path) =>
        type.Kind == TypeKind.Struct
            ? type.Children.SelectMany(member => Leaves(member.Type, leaf, [.. path, member.Name]))
            : (type == leaf ? [path] : []);

    /// <summary>A type with another one at a place in it.</summary>
    public static LogicalType With(LogicalType type, ReadOnlySpan<string> path, LogicalType leaf)
    {
        if (path.Length == 0)
            return leaf;
        var members = new List<Column>();
        foreach (var member in type.Children)
            members.Add(member.Name == path[0] ? new(member.Name, With(member.Type, path[1..], leaf)) : member);
        return LogicalType.Struct(members);
    }

    private static LogicalType Members(LogicalType known, LogicalType seen) =>
        LogicalType.Struct(
            known
                .Children.Select(member =>
                    seen.Children.FirstOrDefault(other => other.Name == member.Name) is { } other
                        ? new Column(member.Name, Widen(member.Type, other.Type))
                        : member
                )
                // The engine and the tables compare names without regard to case.
                .Concat(
                    seen.Children.Where(other =>
                        !known.Children.Any(member => member.Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase))
                    )
                )
        );

    private static LogicalType Of(JsonElement structure)
    {
        switch (structure.ValueKind)
        {
            case JsonValueKind.Object:
                var members = structure
                    .EnumerateObject()
                    .DistinctBy(member => member.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(member => new Column(member.Name, Of(member.Value)))
                    .ToArray();
                return members.Length == 0 ? LogicalType.Json : LogicalType.Struct(members);
            case JsonValueKind.Array:
                return structure.GetArrayLength() == 1 ? LogicalType.List(Of(structure[0])) : LogicalType.Json;
            default:
                return structure.GetString() switch
                {
                    "BOOLEAN" => LogicalType.Boolean,
                    "BIGINT" or "UBIGINT" => LogicalType.BigInt,
                    "DOUBLE" => LogicalType.Double,
                    "VARCHAR" => LogicalType.Varchar,
                    "NULL" => LogicalType.Null,
                    _ => LogicalType.Json,
                };
        }
    }
}
