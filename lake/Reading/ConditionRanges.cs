using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>Between which values the columns lie in rows for which a condition is true, as far as plain comparisons say.</summary>
/// <param name="schema">The table's columns.</param>
/// <param name="name">What may stand before a column of the table, with a dot between them.</param>
/// <param name="isAlone">Whether nothing need stand there.</param>
internal sealed class ConditionRanges(StructType schema, string name, bool isAlone)
{
    private static readonly HashSet<string> Numbers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"];
    private static readonly HashSet<string> Texts = ["VARCHAR"];

    /// <summary>The ranges; each is necessary, and together they need not be sufficient.</summary>
    public static IReadOnlyList<ColumnRange> Of(Connection connection, string condition, StructType schema)
    {
        using var result = connection.Query(
            $"SELECT CAST(json_serialize_sql({Sql.Literal($"SELECT 1 WHERE (\n{condition}\n)")}, skip_null := true, skip_empty := true) AS VARCHAR)"
        );
        var where = JsonNode.Parse(result.Scalar<string>()!)?["statements"]?[0]?["node"]?["where_clause"];
        return [.. new ConditionRanges(schema, "target", isAlone: true).Of(where)];
    }

    /// <summary>The ranges of a condition that the engine has read.</summary>
    public IEnumerable<ColumnRange> Of(JsonNode? node)
    {
        switch (Text(node, "type"))
        {
            case "CONJUNCTION_AND":
                return ((JsonArray)node!["children"]!).SelectMany(Of);
            case "COMPARE_BETWEEN":
                return Range(node!["input"], node["lower"], node["upper"]);
            case "COMPARE_EQUAL":
                return Sides(node!, (column, value) => Range(column, value, value));
            case "COMPARE_GREATERTHAN" or "COMPARE_GREATERTHANOREQUALTO":
                return Range(node!["left"], node["right"], null).Concat(Range(node["right"], null, node["left"]));
            case "COMPARE_LESSTHAN" or "COMPARE_LESSTHANOREQUALTO":
                return Range(node!["left"], null, node["right"]).Concat(Range(node["right"], node["left"], null));
            case "COMPARE_IN":
                return In((JsonArray)node!["children"]!);
            default:
                return [];
        }
    }

    private static IEnumerable<ColumnRange> Sides(JsonNode node, Func<JsonNode?, JsonNode?, IEnumerable<ColumnRange>> range) =>
        range(node["left"], node["right"]).Concat(range(node["right"], node["left"]));

    private IEnumerable<ColumnRange> In(JsonArray children)
    {
        if (Column(children[0]) is not { } field)
            return [];
        var values = children.Skip(1).Select(child => (Text: Constant(field.Type, child), child)).ToList();
        var ordered = values.Select(value => (value.Text, Value: OrderedValue.Parse(field.Type, value.Text))).ToList();
        if (ordered.Count == 0 || ordered.Any(value => value.Value is null))
            return [];
        return [new(field.Name, ordered.MinBy(value => value.Value!.Value).Text, ordered.MaxBy(value => value.Value!.Value).Text)];
    }

    private IEnumerable<ColumnRange> Range(JsonNode? column, JsonNode? min, JsonNode? max)
    {
        if (Column(column) is not { } field)
            return [];
        var (least, greatest) = (Constant(field.Type, min), Constant(field.Type, max));
        return least is null && greatest is null ? [] : [new(field.Name, least, greatest)];
    }

    private SchemaField? Column(JsonNode? node) =>
        Text(node, "class") == "COLUMN_REF" && node!["column_names"] is JsonArray names
            ? names.Count switch
            {
                1 when isAlone => schema.Find(names[0]!.ToString()),
                2 when names[0]!.ToString().Equals(name, StringComparison.OrdinalIgnoreCase) => schema.Find(names[1]!.ToString()),
                _ => null,
            }
            : null;

    /// <summary>A constant that is compared with a column of the type as a value of that type; null for any other.</summary>
    private static string? Constant(DeltaType type, JsonNode? node)
    {
        if (Text(node, "type") == "OPERATOR_CAST" && IsSame(type, Text(node!["cast_type"], "id")))
            node = node["child"];
        if (Text(node, "class") != "CONSTANT" || node!["value"] is not JsonObject value || value["value"] is not { } constant)
            return null;
        var allowed = type is PrimitiveType { Name: "long" or "integer" or "short" or "byte" } or DecimalType { Scale: >= 0 }
            ? Numbers
            : Texts;
        return allowed.Contains(Text(value["type"], "id") ?? "") ? constant.ToString() : null;
    }

    private static bool IsSame(DeltaType type, string? engineType) =>
        type is PrimitiveType primitive
        && engineType
            == primitive.Name switch
            {
                "date" => "DATE",
                "timestamp" => "TIMESTAMP WITH TIME ZONE",
                "timestamp_ntz" => "TIMESTAMP",
                "string" => "VARCHAR",
                _ => null,
            };

    private static string? Text(JsonNode? node, string name) => (node as JsonObject)?[name]?.ToString();
}
