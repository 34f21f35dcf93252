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
        yield return ("stats_parsed", TypedStatistics.FromText("\"add\".stats", Structure().ToJsonString()));
        if (partitionFields.Count > 0)
            yield return ("partitionValues_parsed", $"struct_pack({string.Join(", ", partitionFields.Select(PartitionValue))})");
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
