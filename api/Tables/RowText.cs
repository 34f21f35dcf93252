using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Api.Tables;

/// <summary>Rows as lines of text, written by the engine: expressions in SQL on a row that is named <c>r</c>.</summary>
public static class RowText
{
    /// <summary>The first line of CSV: the columns' names.</summary>
    public static string CsvHeading(IEnumerable<Column> columns) => string.Join(',', columns.Select(column => Quote(column.Name)));

    /// <summary>A row as a line of CSV. A null is nothing, and an empty text is two quotes.</summary>
    public static string Csv(IEnumerable<Column> columns) => string.Join(" || ',' || ", columns.Select(Field));

    /// <summary>A row as a JSON object. What is no number in JSON, such as infinity, is a text: <c>"Infinity"</c>, <c>"-Infinity"</c>, <c>"NaN"</c>.</summary>
    public static string Json(IReadOnlyList<Column> columns) =>
        columns.Any(column => HasFloats(column.Type))
            ? Object(columns, name => $"r.{Sql.Identifier(name)}", depth: 0)
            : "CAST(to_json(r) AS VARCHAR)";

    private static string Object(IReadOnlyList<Column> fields, Func<string, string> value, int depth) =>
        $"'{{' || {string.Join(" || ',' || ", fields.Select(f => $"{Sql.Literal(Quoted(f.Name) + ":")} || {Json(f.Type, value(f.Name), depth)}"))} || '}}'";

    // Pieces of text, since a piece of JSON that the engine puts into another keeps no more digits of a number than a double has.
    private static string Json(LogicalType type, string value, int depth)
    {
        if (!HasFloats(type))
            return $"coalesce(CAST(to_json({value}) AS VARCHAR), 'null')";
        var item = $"hub_item_{depth}";
        var text = type.Kind switch
        {
            TypeKind.Struct => Object(type.Children, name => $"struct_extract({value}, {Sql.Literal(name)})", depth),
            TypeKind.List => $"'[' || {Joined(value, Json(type.Children[0].Type, item, depth + 1))} || ']'",
            TypeKind.Map => "'{' || "
                + Joined(
                    $"map_entries({value})",
                    $"CAST(to_json(CAST({item}.key AS VARCHAR)) AS VARCHAR) || ':' || {Json(type.Children[1].Type, $"{item}.value", depth + 1)}"
                )
                + " || '}'",
            _ => $"CASE WHEN isfinite({value}) THEN CAST(to_json({value}) AS VARCHAR) WHEN isnan({value}) THEN '\"NaN\"' "
                + $"WHEN {value} > 0 THEN '\"Infinity\"' ELSE '\"-Infinity\"' END",
        };
        return $"CASE WHEN {value} IS NULL THEN 'null' ELSE {text} END";

        string Joined(string items, string each) => $"array_to_string(list_transform({items}, lambda {item}: {each}), ',')";
    }

    private static string Quoted(string name) => $"\"{JsonEncodedText.Encode(name)}\"";

    private static bool HasFloats(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Float or TypeKind.Double => true,
            TypeKind.Struct or TypeKind.List => type.Children.Any(child => HasFloats(child.Type)),
            TypeKind.Map => HasFloats(type.Children[1].Type),
            _ => false,
        };

    private static string Field(Column column)
    {
        var name = $"r.{Sql.Identifier(column.Name)}";
        var text = column.Type.Kind switch
        {
            TypeKind.Varchar => name,
            TypeKind.TimestampTz => $"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ')",
            TypeKind.Blob => $"to_base64({name})",
            TypeKind.Struct or TypeKind.List or TypeKind.Map => Json(column.Type, name, 0),
            _ => $"CAST({name} AS VARCHAR)",
        };
        var quoted = $"'\"' || replace({text}, '\"', '\"\"') || '\"'";
        return $"(CASE WHEN {name} IS NULL THEN '' WHEN {text} = '' OR regexp_matches({text}, '[\",\\r\\n]') THEN {quoted} ELSE {text} END)";
    }

    private static string Quote(string name) =>
        name.AsSpan().IndexOfAny("\",\r\n") >= 0 ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
