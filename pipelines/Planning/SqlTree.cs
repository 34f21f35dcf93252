using System.Text.Json;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Reads the tree that the engine's parser gives for a text: what it names, and whether it stays within what a pipeline may do.</summary>
internal static class SqlTree
{
    private static readonly HashSet<string> AllowedTableFunctions = ["unnest", "range", "generate_series"];

    /// <summary>Scalar functions that look at the session or the machine instead of at the data.</summary>
    private static readonly HashSet<string> RefusedFunctions =
    [
        "current_setting",
        "getenv",
        "getvariable",
        "query",
        "query_table",
        "nextval",
        "currval",
        "set_config",
        "write_log",
        "current_user",
        "current_database",
        "current_schemas",
        "in_search_path",
        "txid_current",
    ];

    /// <summary>The root query of a tree that holds one statement.</summary>
    public static JsonElement Root(JsonElement tree) => tree.GetProperty("statements")[0].GetProperty("node");

    /// <summary>Whether the text was one expression, without a query, a table or a function that reaches out; reports what is not.</summary>
    public static bool IsHarmlessExpression(JsonElement tree, ParameterText text, int offset, Diagnostics findings)
    {
        var root = Root(tree);
        if (
            tree.GetProperty("statements").GetArrayLength() != 1
            || root.GetProperty("type").GetString() != "SELECT_NODE"
            || root.GetProperty("from_table").GetProperty("type").GetString() != "EMPTY"
            || root.GetProperty("select_list").GetArrayLength() != 1
            || root.GetProperty("select_list")[0].GetProperty("class").GetString() == "STAR"
        )
        {
            findings.Add(Rule.ForbiddenExpression, text.Locate(0), "this must be one expression, not a query or several statements");
            return false;
        }
        var harmless = true;
        foreach (var node in Nodes(root))
            if (Is(node, "class", "SUBQUERY"))
                harmless = Refuse(node, "a query inside an expression", "use a join, a lookup or a <sql> step");
            else if (RefusedFunction(node) is { } function)
                harmless = Refuse(node, $"the function {function}", "an expression sees the columns and parameters in scope, nothing else");
            else if (Is(node, "class", "PARAMETER"))
                harmless = Refuse(node, "a placeholder", "take a parameter as :name");
        return harmless;

        bool Refuse(JsonElement node, string what, string hint)
        {
            findings.Add(Rule.ForbiddenExpression, text.LocateByte(Location(node) - offset), $"{what} is not allowed here", hint);
            return false;
        }
    }

    /// <summary>Whether the text was one query that reads nothing but the named datasets; reports what is not.</summary>
    public static bool IsHarmlessQuery(JsonElement tree, ParameterText text, IReadOnlyList<string> datasets, Diagnostics findings)
    {
        if (tree.GetProperty("statements").GetArrayLength() != 1)
        {
            findings.Add(Rule.ForbiddenExpression, text.Locate(0), "this must be one SELECT, not several statements");
            return false;
        }
        var harmless = true;
        var known = datasets.Concat(CommonTableNames(tree)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var node in Nodes(Root(tree)))
            if (Is(node, "type", "BASE_TABLE") && node.TryGetProperty("table_name", out var table))
            {
                var name = table.GetString()!;
                if (known.Contains(name) && node.GetProperty("schema_name").GetString() == "")
                    continue;
                harmless = false;
                findings.Add(
                    Rule.UnknownDataset,
                    text.LocateByte(Location(node)),
                    $"the query reads '{name}', which is not among its sources",
                    NearestName.Hint(name, datasets) ?? BindScope.Known("sources", datasets)
                );
            }
            else if (Is(node, "type", "TABLE_FUNCTION") && node.TryGetProperty("function", out var call))
            {
                var function = call.GetProperty("function_name").GetString()!;
                if (!AllowedTableFunctions.Contains(function))
                    harmless = Refuse(node, $"the table function {function}", "a query reads its sources, nothing else");
            }
            else if (RefusedFunction(node) is { } function)
                harmless = Refuse(node, $"the function {function}", "a query sees its sources and the parameters, nothing else");
            else if (Is(node, "class", "PARAMETER"))
                harmless = Refuse(node, "a placeholder", "take a parameter as :name");
        return harmless;

        bool Refuse(JsonElement node, string what, string hint)
        {
            findings.Add(Rule.ForbiddenExpression, text.LocateByte(Location(node)), $"{what} is not allowed here", hint);
            return false;
        }
    }

    /// <summary>The input columns that an expression names. What does not resolve (a lambda's parameter, a field) is left to the engine.</summary>
    public static IReadOnlyList<InputColumn> ColumnReferences(JsonElement tree, IReadOnlyList<Dataset> inputs) =>
        [.. Nodes(Root(tree)).Select(ColumnNames).OfType<string[]>().SelectMany(n => Resolve(n, inputs)).Distinct()];

    /// <summary>The pairs of columns, one of input 0 and one of input 1, that an expression demands to be equal, alone or together with other things.</summary>
    public static IReadOnlyList<(InputColumn First, InputColumn Second)> Equalities(JsonElement tree, IReadOnlyList<Dataset> inputs)
    {
        var found = new List<(InputColumn, InputColumn)>();
        if (Root(tree).GetProperty("select_list") is var list && list.GetArrayLength() == 1)
            Search(list[0]);
        return found;

        void Search(JsonElement node)
        {
            if (Is(node, "type", "CONJUNCTION_AND"))
                foreach (var child in node.GetProperty("children").EnumerateArray())
                    Search(child);
            else if (
                Is(node, "type", "COMPARE_EQUAL")
                && Column(node, "left") is { } a
                && Column(node, "right") is { } b
                && a.Input != b.Input
            )
                found.Add(a.Input < b.Input ? (a, b) : (b, a));
        }

        InputColumn? Column(JsonElement node, string side) =>
            ColumnNames(node.GetProperty(side)) is { } names && Resolve(names, inputs).ToArray() is [var only] ? only : null;
    }

    /// <summary>Whether the query gives its rows in an order it names.</summary>
    public static bool HasOrderBy(JsonElement tree) =>
        Root(tree).GetProperty("modifiers").EnumerateArray().Any(m => Is(m, "type", "ORDER_MODIFIER"));

    /// <summary>The parts of a column reference, or null when the node is none.</summary>
    public static string[]? ColumnNames(JsonElement node) =>
        Is(node, "class", "COLUMN_REF") ? [.. node.GetProperty("column_names").EnumerateArray().Select(n => n.GetString()!)] : null;

    /// <summary>Whether a property of a node has a value.</summary>
    public static bool Is(JsonElement node, string property, string value) =>
        node.TryGetProperty(property, out var p) && p.ValueKind == JsonValueKind.String && p.ValueEquals(value);

    /// <summary>A node and all nodes below it.</summary>
    public static IEnumerable<JsonElement> Nodes(JsonElement node)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            yield return node;
            foreach (var property in node.EnumerateObject())
            foreach (var below in Nodes(property.Value))
                yield return below;
        }
        else if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in node.EnumerateArray())
            foreach (var below in Nodes(item))
                yield return below;
        }
    }

    private static IEnumerable<InputColumn> Resolve(string[] names, IReadOnlyList<Dataset> inputs)
    {
        for (var i = 0; names.Length > 1 && i < inputs.Count; i++)
            if (inputs[i].Name.Equals(names[0], StringComparison.OrdinalIgnoreCase) && inputs[i].Find(names[1]) is { } qualified)
                return [new(i, qualified.Name)];
        return inputs.Select((d, i) => d.Find(names[0]) is { } c ? new InputColumn(i, c.Name) : (InputColumn?)null).OfType<InputColumn>();
    }

    /// <summary>The names that a statement gives to queries of its own.</summary>
    public static IEnumerable<string> CommonTableNames(JsonElement tree) =>
        Nodes(Root(tree))
            .Where(n => n.TryGetProperty("cte_map", out _))
            .SelectMany(n => n.GetProperty("cte_map").GetProperty("map").EnumerateArray())
            .Select(e => e.GetProperty("key").GetString()!);

    private static string? RefusedFunction(JsonElement node) =>
        node.TryGetProperty("function_name", out var f)
        && f.GetString() is { } name
        && RefusedFunctions.Contains(name.ToLowerInvariant())
        && !IsParameter(node)
            ? name
            : null;

    /// <summary>Whether a call reads a variable that stands for a parameter.</summary>
    private static bool IsParameter(JsonElement call) =>
        Is(call, "function_name", "getvariable")
        && call.GetProperty("children") is { } arguments
        && arguments.GetArrayLength() == 1
        && arguments[0].TryGetProperty("value", out var constant)
        && constant.TryGetProperty("value", out var name)
        && name.GetString()?.StartsWith(ParameterText.Variable(""), StringComparison.Ordinal) == true;

    private static int Location(JsonElement node) =>
        node.TryGetProperty("query_location", out var l) && l.TryGetInt32(out var position) ? position : 0;
}

/// <summary>A table as a statement spells it; a part that it leaves out is empty.</summary>
internal readonly record struct SqlTableName(string Catalog, string Schema, string Table)
{
    /// <summary>The parts that are there, with dots between them.</summary>
    public override string ToString() => string.Join('.', new[] { Catalog, Schema, Table }.Where(part => part.Length > 0));
}
