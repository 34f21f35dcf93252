using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>When a query reads a table: at a version, or at a time.</summary>
internal sealed record QueryTime(long? Version, DateTimeOffset? Time);

/// <summary>The engine's own tree of one query, for what the query names and asks of it.</summary>
internal sealed class QueryTree
{
    private readonly JsonNode tree;
    private readonly List<QueryTable> tables;

    private QueryTree(JsonNode tree)
    {
        this.tree = tree;
        var own = SqlTree.CommonTableNames(tree.Deserialize<JsonElement>()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        tables =
        [
            .. Nodes(tree)
                .Where(node => Text(node, "type") == "BASE_TABLE" && node["table_name"] is not null)
                .Select(node => new QueryTable(node))
                .Where(table => table.Name.Schema.Length > 0 || !own.Contains(table.Name.Table)),
        ];
        foreach (var select in Nodes(tree).Where(node => Text(node, "type") == "SELECT_NODE" && node["sample"] is null))
        {
            var from = Joined(select["from_table"]).ToHashSet();
            foreach (var table in tables.Where(table => from.Contains(table.Node)))
                (table.Condition, table.IsAlone, table.IsOnlyCounted) = (
                    select["where_clause"],
                    from.Count == 1,
                    from.Count == 1 && OnlyCounts(select)
                );
        }
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="RunException">It is not one query.</exception>
    public static QueryTree Parse(Connection connection, string sql)
    {
        using var statement = connection.Prepare("SELECT json_serialize_sql($1::VARCHAR)");
        statement.Bind(1, sql);
        using var result = statement.Query();
        var tree = JsonNode.Parse(result.Scalar<string>()!)!;
        if ((bool)tree["error"]!)
            throw new RunException(Problem(tree, sql), "it is one SELECT over tables named layer.table or app.layer.table");
        return (tree["statements"] as JsonArray)?.Count switch
        {
            1 => new QueryTree(tree),
            0 => throw new RunException("there is no query", "write one SELECT over tables named layer.table or app.layer.table"),
            _ => throw new RunException("there is more than one statement", "ask one SELECT at a time"),
        };
    }

    /// <summary>The tables that the text names, without those that it defines itself; one that it names twice comes twice.</summary>
    public IEnumerable<QueryTable> Tables() => tables;

    /// <summary>The name of a table at a time, once <see cref="TakeOutTimes"/> has been there.</summary>
    public static string NameOf(SqlTableName name, QueryTime at) =>
        $"{name} at {at.Version?.ToString(CultureInfo.InvariantCulture) ?? $"{at.Time:O}"}";

    /// <summary>Names tables by name and time in one, which the engine, whose views have no times, can be asked for.</summary>
    /// <returns>Whether there were any.</returns>
    public bool TakeOutTimes()
    {
        foreach (var table in tables.Where(table => table.At is not null))
        {
            if (Text(table.Node, "alias") is null or "")
                table.Node["alias"] = table.Name.Table;
            (table.Node["catalog_name"], table.Node["schema_name"]) = ("", "");
            table.Node["table_name"] = NameOf(table.Name, table.At!);
            table.Node["at_clause"] = null;
        }
        return tables.Exists(table => table.At is not null);
    }

    /// <summary>The query as text.</summary>
    public string ToSql(Connection connection)
    {
        using var statement = connection.Prepare("SELECT json_deserialize_sql($1::JSON)");
        statement.Bind(1, tree.ToJsonString());
        using var result = statement.Query();
        return result.Scalar<string>()!.TrimEnd(';');
    }

    /// <summary>The items of a FROM whose rows a condition on the joined rows is about: where a join looks for the nearest row, leaving rows out finds others.</summary>
    private static IEnumerable<JsonObject> Joined(JsonNode? from) =>
        Text(from, "type") switch
        {
            "BASE_TABLE" when from!["sample"] is null => [(JsonObject)from!],
            "JOIN" when Text(from, "ref_type") is "REGULAR" or "CROSS" or "NATURAL" => Joined(from!["left"]).Concat(Joined(from["right"])),
            // Its columns may have any name, so that it counts as one more.
            _ => [new JsonObject()],
        };

    /// <summary>Whether a query has no column of its table anywhere.</summary>
    private static bool OnlyCounts(JsonObject select) =>
        select["where_clause"] is null
        && select["having"] is null
        && select["qualify"] is null
        && select["group_expressions"] is JsonArray { Count: 0 }
        && select["select_list"] is JsonArray items
        && items.All(item => Text(item, "class") == "FUNCTION" && Text(item, "function_name") == "count_star" && item!["filter"] is null);

    private static string Problem(JsonNode tree, string sql)
    {
        var message = tree["error_message"]!.ToString();
        if (message.Contains("Only SELECT statements", StringComparison.Ordinal))
            return "that is no SELECT, and a query only reads";
        var place = int.TryParse(Text(tree, "position"), CultureInfo.InvariantCulture, out var bytes)
            ? LakeQuery.Place(
                sql,
                Encoding.UTF8.GetCharCount(Encoding.UTF8.GetBytes(sql), 0, Math.Min(bytes, Encoding.UTF8.GetByteCount(sql)))
            ) + ": "
            : "";
        return $"the query does not parse: {place}{EngineMessage.Plain(message)}";
    }

    private static IEnumerable<JsonObject> Nodes(JsonNode? node) =>
        node switch
        {
            JsonObject item => item.SelectMany(property => Nodes(property.Value)).Prepend(item),
            JsonArray items => items.SelectMany(Nodes),
            _ => [],
        };

    internal static string? Text(JsonNode? node, string name) => (node as JsonObject)?[name]?.ToString();
}
