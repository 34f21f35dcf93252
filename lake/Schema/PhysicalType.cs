using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Schema;

/// <summary>A type as data files have it, where fields inside of it may have other names, and the way there and back.</summary>
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
    public static string FromFiles(DeltaType type, string value) =>
        Rename(type, value, field => field.PhysicalName, field => field.Name, depth: 0);

    /// <summary>A value of the table, with the names that data files have for what is inside of it.</summary>
    public static string ToFiles(DeltaType type, string value) =>
        Rename(type, value, field => field.Name, field => field.PhysicalName, depth: 0);

    private static string Rename(DeltaType type, string value, Func<SchemaField, string> from, Func<SchemaField, string> to, int depth)
    {
        return !IsRenamed(type)
            ? value
            : type switch
            {
                StructType composite => Struct(composite),
                ArrayType array => $"list_transform({value}, lambda x{depth}: {Inner(array.Element, $"x{depth}")})",
                MapType map => $"map_from_entries(list_transform(map_entries({value}), lambda x{depth}: {Entry(map)}))",
                _ => value,
            };

        string Inner(DeltaType inner, string part) => Rename(inner, part, from, to, depth + 1);

        string Entry(MapType map) => $"struct_pack(k := {Inner(map.Key, $"x{depth}.key")}, v := {Inner(map.Value, $"x{depth}.value")})";

        string Struct(StructType composite)
        {
            var fields = composite
                .Fields.Where(field => !field.IsDropped)
                .Select(field =>
                    $"{Sql.Identifier(to(field))} := {Rename(field.Type, $"struct_extract({value}, {Sql.Literal(from(field))})", from, to, depth)}"
                );
            return $"CASE WHEN {value} IS NOT NULL THEN struct_pack({string.Join(", ", fields)}) END";
        }
    }

    private static bool IsRenamed(DeltaType type) =>
        type switch
        {
            StructType composite => composite.Fields.Any(field =>
                field.IsDropped || field.PhysicalName != field.Name || IsRenamed(field.Type)
            ),
            ArrayType array => IsRenamed(array.Element),
            MapType map => IsRenamed(map.Key) || IsRenamed(map.Value),
            _ => false,
        };
}
