using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// Follows each column that a user's query gives back to the columns it reads. Where a construct is not followed exactly, the answer is
/// the safe one: every column of the inputs that the query names.
/// </summary>
/// <param name="Columns">For each column given, where it comes from.</param>
/// <param name="Read">All that is read.</param>
internal sealed record QueryLineage(IReadOnlyDictionary<string, IReadOnlyList<InputColumn>> Columns, IReadOnlyList<InputColumn> Read)
{
    private sealed record Output(string Name, IReadOnlyList<InputColumn> Sources);

    private sealed record Table(string Alias, IReadOnlyList<Output> Columns);

    /// <summary>The lineage of a parsed query over datasets known by their names.</summary>
    public static QueryLineage Of(JsonElement tree, IReadOnlyList<Dataset> inputs, IReadOnlyList<Column> given)
    {
        var root = SqlTree.Root(tree);
        var all = inputs.SelectMany((d, i) => d.Columns.Select(c => new InputColumn(i, c.Name))).ToArray();
        var tables = inputs
            .Select((d, i) => new Table(d.Name, [.. d.Columns.Select(c => new Output(c.Name, [new InputColumn(i, c.Name)]))]))
            .ToList();
        var read = ReadBy(root, all);
        var outputs = OfQuery(root, tables);
        var exact = outputs is not null && outputs.Count == given.Count;
        var columns = given.Select((c, i) => (c.Name, Sources: exact ? outputs![i].Sources : read));
        return new QueryLineage(columns.GroupBy(c => c.Name).ToDictionary(g => g.Key, g => g.First().Sources), read);
    }

    /// <summary>Every column whose name the query mentions, under whatever alias; all where it takes columns unnamed.</summary>
    private static IReadOnlyList<InputColumn> ReadBy(JsonElement root, IReadOnlyList<InputColumn> all)
    {
        var mentioned = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var node in SqlTree.Nodes(root))
        {
            if (SqlTree.Is(node, "class", "STAR") || SqlTree.Is(node, "ref_type", "NATURAL"))
                return all;
            mentioned.UnionWith(SqlTree.ColumnNames(node) ?? []);
            if (node.TryGetProperty("using_columns", out var shared))
                mentioned.UnionWith(shared.EnumerateArray().Select(c => c.GetString()!));
        }
        return [.. all.Where(c => mentioned.Contains(c.Column))];
    }

    private static List<Output>? OfQuery(JsonElement node, List<Table> known)
    {
        var tables = known.ToList();
        foreach (var entry in node.GetProperty("cte_map").GetProperty("map").EnumerateArray())
        {
            if (OfQuery(entry.GetProperty("value").GetProperty("query").GetProperty("node"), tables) is not { } body)
                return null;
            tables.Insert(0, new Table(entry.GetProperty("key").GetString()!, body));
        }
        return node.GetProperty("type").GetString() switch
        {
            "SELECT_NODE" => OfSelect(node, tables),
            "SET_OPERATION_NODE" when node.GetProperty("setop_type").GetString() is "UNION" or "EXCEPT" or "INTERSECT" => OfSetOperation(
                node,
                tables
            ),
            _ => null,
        };
    }

    private static List<Output>? OfSetOperation(JsonElement node, List<Table> tables)
    {
        if (!node.TryGetProperty("left", out var l) || !node.TryGetProperty("right", out var r))
            return null;
        var (left, right) = (OfQuery(l, tables), OfQuery(r, tables));
        if (left is null || right is null || left.Count != right.Count)
            return null;
        return [.. left.Zip(right, (a, b) => new Output(a.Name, [.. a.Sources.Union(b.Sources)]))];
    }

    private static List<Output>? OfSelect(JsonElement node, List<Table> tables)
    {
        if (OfFrom(node.GetProperty("from_table"), tables) is not { } scope)
            return null;
        var outputs = new List<Output>();
        foreach (var item in node.GetProperty("select_list").EnumerateArray())
        {
            if (!SqlTree.Is(item, "class", "STAR"))
                outputs.Add(new Output(NameOf(item), Sources(item, scope, tables)));
            else if (Star(item, scope) is { } expanded)
                outputs.AddRange(expanded);
            else
                return null;
        }
        return outputs;
    }

    private static IEnumerable<Output>? Star(JsonElement item, List<Table> scope)
    {
        // Only the plain forms, * and t.*, are followed; EXCLUDE, REPLACE, RENAME and COLUMNS(…) fall back to the safe answer.
        var plain =
            item.GetProperty("exclude_list").GetArrayLength() == 0
            && item.GetProperty("replace_list").GetArrayLength() == 0
            && item.GetProperty("rename_list").GetArrayLength() == 0
            && !item.GetProperty("columns").GetBoolean();
        var relation = item.GetProperty("relation_name").GetString()!;
        if (!plain)
            return null;
        return scope.Where(t => relation.Length == 0 || Same(t.Alias, relation)).SelectMany(t => t.Columns);
    }

    private static List<Table>? OfFrom(JsonElement from, List<Table> tables)
    {
        var alias = from.GetProperty("alias").GetString()!;
        switch (from.GetProperty("type").GetString())
        {
            case "EMPTY":
                return [];
            case "BASE_TABLE":
                var name = from.GetProperty("table_name").GetString()!;
                var table = tables.Find(t => Same(t.Alias, name));
                return table is null ? null : [table with { Alias = alias.Length > 0 ? alias : name }];
            case "SUBQUERY":
                var body = OfQuery(from.GetProperty("subquery").GetProperty("node"), tables);
                return body is null || from.GetProperty("column_name_alias").GetArrayLength() > 0 ? null : [new Table(alias, body)];
            case "JOIN"
                when from.GetProperty("using_columns").GetArrayLength() == 0
                    && from.GetProperty("ref_type").GetString() is "REGULAR" or "CROSS":
                var (left, right) = (OfFrom(from.GetProperty("left"), tables), OfFrom(from.GetProperty("right"), tables));
                return left is null || right is null ? null : [.. left, .. right];
            default:
                return null;
        }
    }

    private static IReadOnlyList<InputColumn> Sources(JsonElement expression, List<Table> scope, List<Table> tables)
    {
        // A scalar subquery sees its own tables too; all known ones are searched, which may name a column too many but none too few.
        var nested = SqlTree.Nodes(expression).Any(n => SqlTree.Is(n, "class", "SUBQUERY"));
        var searched = nested ? [.. scope, .. tables] : scope;
        return
        [
            .. SqlTree.Nodes(expression).Select(SqlTree.ColumnNames).OfType<string[]>().SelectMany(n => Resolve(n, searched)).Distinct(),
        ];
    }

    private static IEnumerable<InputColumn> Resolve(string[] names, List<Table> scope)
    {
        if (names.Length > 1)
            foreach (var table in scope.Where(t => Same(t.Alias, names[0])))
                if (table.Columns.FirstOrDefault(c => Same(c.Name, names[1])) is { } qualified)
                    return qualified.Sources;
        return scope.SelectMany(t => t.Columns.Where(c => Same(c.Name, names[0]))).SelectMany(c => c.Sources);
    }

    private static string NameOf(JsonElement item) =>
        item.GetProperty("alias").GetString() is { Length: > 0 } alias ? alias : SqlTree.ColumnNames(item)?[^1] ?? "";

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
