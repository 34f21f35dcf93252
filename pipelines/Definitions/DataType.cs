using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>
/// The language's types: <c>string boolean int long float double decimal(p,s) date timestamp binary</c>, and what SQL calls them. A
/// <c>timestamp</c> is a moment in UTC; one without a zone is <c>timestamp without time zone</c>, <c>timestamp_ntz</c> or <c>datetime</c>.
/// </summary>
public static partial class DataType
{
    private static readonly string[] Names =
    [
        "string",
        "boolean",
        "int",
        "long",
        "float",
        "double",
        "decimal",
        "date",
        "timestamp",
        "binary",
        "time",
        "varchar",
        "text",
        "integer",
        "bigint",
        "smallint",
        "tinyint",
        "real",
        "numeric",
        "blob",
        "uuid",
        "json",
        "interval",
        "struct",
        "map",
        "timestamptz",
        "timestamp_ntz",
        "datetime",
    ];

    /// <summary>Parses a type; when it is none, the result is null and the hint says why or what was most likely meant.</summary>
    public static (LogicalType? Type, string? Hint) Parse(string text)
    {
        try
        {
            var type = LogicalType.Parse(text.Replace("timestamp_ntz", "timestamp_us", StringComparison.OrdinalIgnoreCase));
            if (Holds(type, t => t.Kind is TypeKind.Any or TypeKind.Null or TypeKind.Unknown))
                return (null, "a column has a type of its own");
            return (WithoutZone().IsMatch(text) ? type : InUtc(type), null);
        }
        catch (FormatException e)
        {
            return (null, NearestHint(text, e.Message) ?? Reason(e.Message));
        }
    }

    private static LogicalType InUtc(LogicalType type)
    {
        if (type == LogicalType.Timestamp)
            return LogicalType.TimestampTz;
        ImmutableArray<Column> children = [.. type.Children.Select(c => new Column(c.Name, InUtc(c.Type)))];
        return type.Kind switch
        {
            TypeKind.List => LogicalType.List(children[0].Type),
            TypeKind.Array => LogicalType.Array(children[0].Type, type.ArraySize),
            TypeKind.Map => LogicalType.Map(children[0].Type, children[1].Type),
            TypeKind.Struct => LogicalType.Struct(children),
            TypeKind.Union => LogicalType.Union(children),
            _ => type,
        };
    }

    private static bool Holds(LogicalType type, Func<LogicalType, bool> what) => what(type) || type.Children.Any(c => Holds(c.Type, what));

    // The word at which the engine's parser stopped is the slip, unless the slip is in what stands around the words.
    private static string? NearestHint(string text, string message) =>
        Place().Match(message) is { Success: true } place
        && Word().Match(text, Math.Min(int.Parse(place.Groups[1].Value) - 1, text.Length)) is { Success: true } word
            ? NearestName.Hint(word.Value, Names)
            : null;

    private static string Reason(string message) => message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd('.');

    [GeneratedRegex(@"at character (\d+)\.$")]
    private static partial Regex Place();

    [GeneratedRegex(@"\G[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(timestamp\s+without\s+time\s+zone|timestamp_ntz|timestamp_us|datetime)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WithoutZone();
}
