using System.Text;
using System.Text.Json.Nodes;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Schema;

/// <summary>
/// Expressions that a table holds: in Spark's SQL. Those are taken that mean the same to the engine; of the others it is told what in them
/// is different, or may be.
/// </summary>
internal static class SparkSql
{
    /// <summary>Operators and functions that are the same, null and overflow aside, which are an error in the engine.</summary>
    private static readonly HashSet<string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "+",
        "-",
        "*",
        "%",
        "||",
        "~~",
        "!~~",
        "abs",
        "ceil",
        "char_length",
        "character_length",
        "contains",
        "current_date",
        "current_timestamp",
        "day",
        "dayofmonth",
        "floor",
        "greatest",
        "hour",
        "least",
        "length",
        "lower",
        "ltrim",
        "minute",
        "month",
        "nullif",
        "quarter",
        "rtrim",
        "second",
        "trim",
        "upper",
        "year",
    };

    private static readonly HashSet<string> Classes =
    [
        "BETWEEN",
        "CASE",
        "CAST",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "CONSTANT",
        "FUNCTION",
        "OPERATOR",
    ];

    /// <summary>Types to which a cast gives the same value; to a whole number Spark cuts off what the engine rounds.</summary>
    private static readonly HashSet<string> Casts = ["DATE", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN"];

    /// <summary>Translates an expression.</summary>
    /// <param name="connection">Parses it.</param>
    /// <param name="expression">The expression, in Spark's SQL.</param>
    /// <returns>The same in the engine's SQL, and the columns that it names.</returns>
    /// <exception cref="FormatException">It cannot be translated; the message says what of it.</exception>
    public static (string Sql, IReadOnlyList<string> Columns) ToEngine(Connection connection, string expression)
    {
        var sql = Requote(expression);
        using var result = connection.Query(
            $"SELECT CAST(json_serialize_sql({Sql.Literal($"SELECT (\n{sql}\n)")}, skip_null := true) AS VARCHAR)"
        );
        var parsed = JsonNode.Parse(result.Scalar<string>()!);
        if (parsed?["statements"] is not JsonArray { Count: 1 } statements)
            throw new FormatException($"it cannot be parsed: {parsed?["error_message"]}");
        var node = statements[0]!["node"];
        if (node?["select_list"] is not JsonArray { Count: 1 } list || node["from_table"]?["type"]?.ToString() != "EMPTY")
            throw new FormatException("it is not one expression");
        var columns = new List<string>();
        Check(list[0]!, columns);
        return (sql, columns);
    }

    /// <summary>Names stand in backticks there, and texts also in double quotes.</summary>
    private static string Requote(string expression)
    {
        var sql = new StringBuilder();
        for (var at = 0; at < expression.Length; at++)
        {
            var quote = expression[at];
            if (quote is not ('`' or '\'' or '"'))
            {
                sql.Append(quote);
                continue;
            }
            var text = new StringBuilder();
            for (at++; ; at++)
            {
                if (at >= expression.Length)
                    throw new FormatException($"a {quote} is not closed");
                if (expression[at] == '\\' && quote != '`')
                    throw new FormatException("it has a backslash in a text");
                if (expression[at] == quote && (at + 1 == expression.Length || expression[at + 1] != quote))
                    break;
                at += expression[at] == quote ? 1 : 0;
                text.Append(expression[at]);
            }
            sql.Append(quote == '`' ? Sql.Identifier(text.ToString()) : Sql.Literal(text.ToString()));
        }
        return sql.ToString();
    }

    private static void Check(JsonNode node, List<string> columns)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    if (item is not null)
                        Check(item, columns);
                }
                return;
            case JsonObject part:
                CheckPart(part, columns);
                return;
        }
    }

    private static void CheckPart(JsonObject part, List<string> columns)
    {
        var kind = part["class"]?.ToString();
        if (kind is not null && !Classes.Contains(kind))
            throw new FormatException($"it has a {kind.ToLowerInvariant().Replace('_', ' ')}");
        if (kind == "COLUMN_REF")
            columns.Add(part["column_names"]![0]!.ToString());
        if (kind == "FUNCTION" && part["function_name"]?.ToString() is { } function && !Functions.Contains(function))
            throw new FormatException($"it has '{function}'");
        if (kind == "CAST" && part["cast_type"]?["id"]?.ToString() is { } type && !Casts.Contains(type))
            throw new FormatException($"it has a cast to {type}");
        foreach (var (name, value) in part)
        {
            if (value is not null && name is not ("value" or "cast_type" or "column_names"))
                Check(value, columns);
        }
    }
}
