using System.Text.RegularExpressions;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Steps;

/// <summary>An item of a list such as <c>a, b as c</c>: a column and the name it gets.</summary>
/// <param name="Column">The column as it is written.</param>
/// <param name="Name">The name it gets; null when it keeps its own.</param>
internal readonly partial record struct ColumnAlias(string Column, string? Name)
{
    /// <summary>Reads an item as it is written: names in double quotes may hold anything.</summary>
    public static ColumnAlias Parse(string item) =>
        Form().Match(item) is { Success: true } m
            ? new(NameList.Unquote(m.Groups[1].Value), NameList.Unquote(m.Groups[2].Value))
            : new(NameList.Unquote(item), null);

    [GeneratedRegex("""^("(?:[^"]|"")+"|[^"]+?)\s+as\s+("(?:[^"]|"")+"|[^"\s]+)$""", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
