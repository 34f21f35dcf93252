using System.Text.RegularExpressions;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Log;

/// <summary>The statistics of a checkpoint from typed values to the text that commits have, and back, in the engine's SQL.</summary>
internal static partial class TypedStatistics
{
    private const string Quoted = "hub_quoted_numbers";

    /// <summary>Makes known to a database what <see cref="FromText"/> needs.</summary>
    public static void Teach(Connection connection) =>
        connection.Register(new ScalarFunction(Quoted, [LogicalType.Varchar], LogicalType.Varchar, QuoteNumbers));

    /// <summary>
    /// The typed values of a text; none, if it is no JSON. The engine takes each number of JSON for a floating one, so it is given their digits as texts.
    /// </summary>
    /// <param name="text">The text, as an expression.</param>
    /// <param name="structure">The types, in the shape that the values have, as JSON.</param>
    public static string FromText(string text, string structure) => $"TRY(json_transform({Quoted}({text}), {Sql.Literal(structure)}))";

    /// <summary>The text of typed values.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="value">The values, as an expression.</param>
    public static string ToText(LogicalType type, string value) => $"CAST(to_json({ForJson(type, value)}) AS VARCHAR)";

    /// <summary>Instants are spelt as the protocol has them; numbers that JSON does not have are left out, which tells no less than they do.</summary>
    private static string ForJson(LogicalType type, string value) =>
        type.Kind switch
        {
            TypeKind.Float or TypeKind.Double => $"CASE WHEN isfinite({value}) THEN {value} END",
            TypeKind.TimestampTz => Instant($"{value} AT TIME ZONE 'UTC'"),
            // Of what has no zone in the checkpoint some is an instant; with one it is the same to all who read it.
            TypeKind.Timestamp or TypeKind.TimestampMs or TypeKind.TimestampNs => Instant($"CAST({value} AS TIMESTAMP)"),
            TypeKind.Struct =>
                $"CASE WHEN {value} IS NOT NULL THEN struct_pack({string.Join(
                ", ",
                type.Children.Select(child => $"{Sql.Identifier(child.Name)} := {ForJson(child.Type, $"{value}.{Sql.Identifier(child.Name)}")}")
            )}) END",
            _ => value,
        };

    private static string Instant(string timestamp) => $"strftime({timestamp}, '%Y-%m-%dT%H:%M:%S.%fZ')";

    private static void QuoteNumbers(DataChunk input, VectorWriter output)
    {
        var texts = input.Column(0);
        for (var row = 0; row < input.Length; row++)
        {
            if (!texts.IsNull(row))
                output.SetText(
                    row,
                    TextOrNumber().Replace(texts.Text(row), part => part.Value[0] == '"' ? part.Value : $"\"{part.Value}\"")
                );
        }
    }

    [GeneratedRegex(
        """
            "(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*
            """,
        RegexOptions.CultureInvariant
    )]
    private static partial Regex TextOrNumber();
}
