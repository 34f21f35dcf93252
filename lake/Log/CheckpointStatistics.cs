using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Log;

/// <summary>In which form a checkpoint has the statistics and partition values of files: as text, typed, or both, as the table's properties say.</summary>
internal sealed class CheckpointStatistics(
    TableMetadata metadata,
    IReadOnlyList<SchemaField> partitionFields,
    IReadOnlyList<IndexedColumn> columns
)
{
    private readonly bool _asText = !string.Equals(
        metadata.Property("delta.checkpoint.writeStatsAsJson"),
        "false",
        StringComparison.OrdinalIgnoreCase
    );

    private readonly bool _typed = metadata.IsSet("delta.checkpoint.writeStatsAsStruct");

    /// <summary>The fields of an add action as they are written, each with its value; null for those that are left out.</summary>
    public IEnumerable<(string Name, string Value)> Fields(IEnumerable<string> fields)
    {
        foreach (var field in fields.Where(field => _asText || field != "stats"))
            yield return (field, $"\"add\".{Sql.Identifier(field)}");
        if (!_typed)
            yield break;
        yield return ("stats_parsed", $"json_transform(\"add\".stats, {Sql.Literal(Structure().ToJsonString())})");
        if (partitionFields.Count > 0)
            yield return ("partitionValues_parsed", $"struct_pack({string.Join(", ", partitionFields.Select(PartitionValue))})");
    }

    /// <summary>Typed statistics as the text that commits have.</summary>
    /// <param name="statistics">An expression.</param>
    /// <param name="type">Its type.</param>
    public static string ToText(string statistics, LogicalType type) => $"CAST(to_json({Spelt(statistics, type)}) AS VARCHAR)";

    /// <summary>The engine has a spelling of its own for instants, and one for what is no number in JSON; a commit has them as other readers take them, or not.</summary>
    private static string Spelt(string value, LogicalType type)
    {
        return type.Kind switch
        {
            TypeKind.Struct => $"CASE WHEN {value} IS NOT NULL THEN struct_pack({string.Join(", ", type.Children.Select(Field))}) END",
            TypeKind.TimestampTz => $"strftime({value} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')",
            TypeKind.Timestamp => $"strftime({value}, '%Y-%m-%dT%H:%M:%S.%f')",
            TypeKind.Float or TypeKind.Double => $"CASE WHEN isfinite({value}) THEN {value} END",
            _ => value,
        };

        string Field(Column field) => $"{Sql.Identifier(field.Name)} := {Spelt($"{value}.{Sql.Identifier(field.Name)}", field.Type)}";
    }

    private static string PartitionValue(SchemaField field)
    {
        var text = $"map_extract_value(\"add\".partitionValues, {Sql.Literal(field.PhysicalName)})";
        var value = field.Type == DeltaType.Binary ? $"encode({text})" : $"TRY_CAST({text} AS {TypeMapping.ToEngine(field.Type)})";
        return $"{Sql.Identifier(field.PhysicalName)} := {value}";
    }

    /// <summary>The types of the statistics, in the shape that they have.</summary>
    private JsonObject Structure()
    {
        var structure = new JsonObject { ["numRecords"] = "BIGINT", ["tightBounds"] = "BOOLEAN" };
        var bounded = columns.Where(column => HasBounds(column.Type)).ToList();
        foreach (var group in new[] { "minValues", "maxValues" })
        {
            foreach (var column in bounded)
                Put(structure, [group, .. column.Path], $"{TypeMapping.ToEngine(column.Type)}");
        }
        foreach (var column in columns)
            Put(structure, ["nullCount", .. column.Path], "BIGINT");
        return structure;
    }

    private static bool HasBounds(DeltaType type) => type is DecimalType or PrimitiveType { Name: not ("binary" or "boolean" or "void") };

    private static void Put(JsonObject at, IReadOnlyList<string> path, string type)
    {
        foreach (var part in path.SkipLast(1))
        {
            if (at[part] is not JsonObject inner)
                at[part] = inner = [];
            at = inner;
        }
        at[path[^1]] = type;
    }
}
