using ServerlessHub.Engine;

namespace ServerlessHub.Api.Tables;

/// <summary>Types in the language's own words.</summary>
public static class TypeText
{
    /// <summary>A type as a document writes it, which it reads back as the same type: <c>long</c>, <c>decimal(18,2)</c>, <c>timestamp</c>.</summary>
    public static string Full(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Varchar when type == LogicalType.Varchar => "string",
            TypeKind.Boolean => "boolean",
            TypeKind.Integer => "int",
            TypeKind.BigInt => "long",
            TypeKind.Float => "float",
            TypeKind.Double => "double",
            TypeKind.Decimal => $"decimal({type.Width},{type.Scale})",
            TypeKind.Date => "date",
            TypeKind.TimestampTz => "timestamp",
            TypeKind.Timestamp => "datetime",
            TypeKind.Blob => "binary",
            _ => type.ToString().ToLowerInvariant(),
        };

    /// <summary>The same, without what is inside of nested types.</summary>
    public static string Short(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Struct => "struct",
            TypeKind.List => $"{Short(type.Children[0].Type)}[]",
            TypeKind.Map => "map",
            TypeKind.Union => "union",
            TypeKind.Enum => "enum",
            _ => Full(type),
        };
}
