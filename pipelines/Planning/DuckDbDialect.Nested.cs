using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;
using static ServerlessHub.Pipelines.Planning.DuckDbExpressions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>The operators that take lists and JSON apart.</summary>
internal sealed partial class DuckDbDialect
{
    private (string, IReadOnlyList<OrderKey>) OfUnnest(Dataset dataset, Unnest unnest, bool ordered)
    {
        var wanted = Wanted(dataset).Select(w => w.Name).ToHashSet();
        var keys = new List<OrderKey>();
        string[] aliases = [unnest.Input.Name];
        var list = Write(unnest.List, aliases);
        var position = Sql.Identifier(unnest.Position);
        var items = unnest.Kept.Where(k => wanted.Contains(k.Name)).Select(k => WriteAs(k, aliases)).ToList();
        items.Add($"generate_subscripts({list}, 1) - 1 AS {position}");
        items.Add($"unnest({list}) AS {Sql.Identifier(unnest.Element.Name)}");
        if (ordered)
        {
            items.AddRange(Carry(unnest.Input, keys));
            keys.Add(new OrderKey(OrderKey.Name(keys.Count)));
        }
        var hidden = keys.Select((k, i) => i == keys.Count - 1 ? $"{position} AS {Sql.Identifier(k.Column)}" : Sql.Identifier(k.Column));
        return ($"SELECT {List(Names(Wanted(dataset)).Concat(hidden))} FROM (SELECT {List(items)} FROM {From(unnest.Input)})", keys);
    }

    /// <summary>
    /// The engine's function gives nulls for a member that is of another shape; so where an object or a list holds nothing, it is asked whether
    /// there was something else.
    /// </summary>
    private (string, IReadOnlyList<OrderKey>) OfParseJson(Dataset dataset, ParseJson parse)
    {
        const string text = "__hub_text";
        var column = Sql.Identifier(parse.Text);
        var others = Names(Wanted(dataset).Where(c => c.Name != parse.Text)).Concat(Hidden(parse.Input)).ToArray();
        var parsed = $"json_transform({column}, {Sql.Literal(Structure(parse.Shape))}) AS {column}";
        var from = $"(SELECT {List([.. others, $"{column} AS {text}", parsed])} FROM {From(parse.Input)})";
        var checks = NestedPaths(parse.Shape, column, "$").Select(p => Check(p.Value, p.Path, p.Type));
        var wanted = Wanted(dataset).Any(c => c.Name == parse.Text) ? others.Append(column) : others;
        return ($"SELECT {List(wanted)} FROM {from}\nWHERE {string.Join("\n  AND ", checks)}", OrderOf(parse.Input));

        string Check(string value, string path, LogicalType type)
        {
            var (expected, name) = type.Kind == TypeKind.List ? ("ARRAY", "a list") : ("OBJECT", "an object");
            var found = $"json_type({text}, {Sql.Literal(path)})";
            var error = RaisedError.Sql(
                $"'{path}' in the JSON of '{dataset.Name}' is {{0}} where {name} belongs",
                found,
                "correct the schema, or filter such rows out before"
            );
            return $"CASE WHEN {IsNothing(value, type)} AND {found} NOT IN ('NULL', '{expected}') THEN {error} ELSE true END";
        }
    }

    private static string IsNothing(string value, LogicalType type) =>
        type.Kind == TypeKind.List
            ? $"{value} IS NULL"
            : string.Join(" AND ", type.Children.Select(f => $"struct_extract({value}, {Sql.Literal(f.Name)}) IS NULL"));

    /// <summary>The objects and lists in a shape, outermost first, with their SQL and their path in the JSON.</summary>
    private static IEnumerable<(string Value, string Path, LogicalType Type)> NestedPaths(LogicalType type, string value, string path)
    {
        if (type.Kind is TypeKind.Struct or TypeKind.List)
            yield return (value, path, type);
        if (type.Kind != TypeKind.Struct)
            yield break;
        foreach (var field in type.Children)
        foreach (var below in NestedPaths(field.Type, $"struct_extract({value}, {Sql.Literal(field.Name)})", $"{path}.\"{field.Name}\""))
            yield return below;
    }

    /// <summary>A shape as the engine's JSON functions want it.</summary>
    private static string Structure(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Struct => "{" + List(type.Children.Select(f => $"{JsonText(f.Name)}: {Structure(f.Type)}")) + "}",
            TypeKind.List => $"[{Structure(type.Element)}]",
            _ => JsonText(type.ToString()),
        };

    private static string JsonText(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
