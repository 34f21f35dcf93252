using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Schema;

/// <summary>A type as data files have it, where fields inside of it may have other names, and the way back.</summary>
internal static class PhysicalType
{
    /// <summary>The engine's type for reading the type from data files.</summary>
    public static LogicalType ToEngine(DeltaType type) =>
        type switch
        {
            ArrayType array => LogicalType.List(ToEngine(array.Element)),
            MapType map => LogicalType.Map(ToEngine(map.Key), ToEngine(map.Value)),
            StructType composite => LogicalType.Struct(
                composite.Fields.Select(field => new Column(field.PhysicalName, ToEngine(field.Type)))
            ),
            _ => TypeMapping.ToEngine(type),
        };

    /// <summary>A value read from data files, with the names that the table has for what is inside of it.</summary>
    public static string Rename(DeltaType type, string value, int depth = 0) =>
        !IsRenamed(type)
            ? value
            : type switch
            {
                StructType composite => Struct(composite, value, depth),
                ArrayType array => $"list_transform({value}, lambda x{depth}: {Rename(array.Element, $"x{depth}", depth + 1)})",
                MapType map =>
                    $"map_from_entries(list_transform(map_entries({value}), lambda x{depth}: {Entry(map, $"x{depth}", depth + 1)}))",
                _ => value,
            };

    private static bool IsRenamed(DeltaType type) =>
        type switch
        {
            StructType composite => composite.Fields.Any(field => field.PhysicalName != field.Name || IsRenamed(field.Type)),
            ArrayType array => IsRenamed(array.Element),
            MapType map => IsRenamed(map.Key) || IsRenamed(map.Value),
            _ => false,
        };

    private static string Struct(StructType type, string value, int depth)
    {
        var fields = type.Fields.Select(field =>
            $"{Sql.Identifier(field.Name)} := {Rename(field.Type, $"struct_extract({value}, {Sql.Literal(field.PhysicalName)})", depth)}"
        );
        return $"CASE WHEN {value} IS NOT NULL THEN struct_pack({string.Join(", ", fields)}) END";
    }

    private static string Entry(MapType map, string entry, int depth) =>
        $"struct_pack(k := {Rename(map.Key, $"{entry}.key", depth)}, v := {Rename(map.Value, $"{entry}.value", depth)})";
}
