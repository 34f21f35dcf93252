using System.Text.Json.Nodes;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Schema;

/// <summary>Which type of the engine is which type of a table.</summary>
internal static class TypeMapping
{
    /// <summary>The type that a column of a table has in the engine.</summary>
    public static LogicalType ToEngine(DeltaType type) =>
        type switch
        {
            DecimalType number => LogicalType.Decimal(number.Precision, number.Scale),
            ArrayType array => LogicalType.List(ToEngine(array.Element)),
            MapType map => LogicalType.Map(ToEngine(map.Key), ToEngine(map.Value)),
            StructType composite => LogicalType.Struct(composite.Fields.Select(field => new Column(field.Name, ToEngine(field.Type)))),
            PrimitiveType { Name: "string" } => LogicalType.Varchar,
            PrimitiveType { Name: "long" } => LogicalType.BigInt,
            PrimitiveType { Name: "integer" } => LogicalType.Integer,
            PrimitiveType { Name: "short" } => LogicalType.SmallInt,
            PrimitiveType { Name: "byte" } => LogicalType.TinyInt,
            PrimitiveType { Name: "float" } => LogicalType.Float,
            PrimitiveType { Name: "double" } => LogicalType.Double,
            PrimitiveType { Name: "boolean" } => LogicalType.Boolean,
            PrimitiveType { Name: "binary" } => LogicalType.Blob,
            PrimitiveType { Name: "date" } => LogicalType.Date,
            PrimitiveType { Name: "timestamp" } => LogicalType.TimestampTz,
            PrimitiveType { Name: "timestamp_ntz" } => LogicalType.Timestamp,
            PrimitiveType { Name: "void" } => LogicalType.Null,
            _ => throw new InvalidOperationException($"The type {type} has no counterpart in the engine."),
        };

    /// <summary>The type in which a table keeps values of a type of the engine's; without loss, and timestamps as instants in UTC.</summary>
    /// <exception cref="FormatException">A table cannot keep it; the message says what to do instead.</exception>
    public static DeltaType FromEngine(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Varchar or TypeKind.Uuid or TypeKind.Enum => DeltaType.String,
            TypeKind.BigInt or TypeKind.UInteger => DeltaType.Long,
            TypeKind.Integer or TypeKind.USmallInt => DeltaType.Integer,
            TypeKind.SmallInt or TypeKind.UTinyInt => DeltaType.Short,
            TypeKind.TinyInt => DeltaType.Byte,
            TypeKind.UBigInt => new DecimalType(20, 0),
            TypeKind.HugeInt or TypeKind.UHugeInt => new DecimalType(38, 0),
            TypeKind.Float => DeltaType.Float,
            TypeKind.Double => DeltaType.Double,
            TypeKind.Decimal => new DecimalType(type.Width, type.Scale),
            TypeKind.Boolean => DeltaType.Boolean,
            TypeKind.Blob => DeltaType.Binary,
            TypeKind.Date => DeltaType.Date,
            TypeKind.Timestamp or TypeKind.TimestampS or TypeKind.TimestampMs or TypeKind.TimestampTz => DeltaType.Timestamp,
            TypeKind.List or TypeKind.Array => new ArrayType(FromEngine(type.Element), ContainsNull: true),
            TypeKind.Map => new MapType(FromEngine(type.Children[0].Type), FromEngine(type.Children[1].Type), ValueContainsNull: true),
            TypeKind.Struct => new StructType([.. type.Children.Select(field => Field(field.Name, field.Type))]),
            TypeKind.Null => throw new FormatException("it is only null and has no type; give it one: cast(null as varchar)"),
            TypeKind.TimestampNs => throw new FormatException(
                "its nanoseconds would be lost, tables keep microseconds; cast it: cast(… as timestamp)"
            ),
            TypeKind.Time or TypeKind.TimeNs or TypeKind.TimeTz => throw new FormatException(
                "a table keeps no time of day; keep it as text, cast(… as varchar), or as seconds, epoch(…)"
            ),
            TypeKind.Interval => throw new FormatException(
                "a table keeps no interval; keep it as a number, epoch(…) or datediff(…), or as text, cast(… as varchar)"
            ),
            _ => throw new FormatException($"a table keeps no {type}; keep it as text: cast(… as varchar)"),
        };

    /// <summary>The same, as a new, nullable field.</summary>
    public static SchemaField Field(string name, LogicalType type) => new(name, FromEngine(type), Nullable: true, new JsonObject());
}
