using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Steps;

/// <summary>The path of a list within an object: <c>$.items[*]</c>, <c>$.order.lines[*]</c>, <c>$['line items'][*]</c>; <c>$[*]</c> is the list itself.</summary>
internal static partial class JsonListPath
{
    /// <summary>The names from the object down to the list; null when the text is no such path.</summary>
    public static IReadOnlyList<string>? Parse(string path)
    {
        if (Form().Match(path) is not { Success: true } match)
            return null;
        return [.. match.Groups[1].Captures.Select(c => c.Value).Select(Name)];
    }

    private static string Name(string step) =>
        step switch
        {
            ['[', _, .. var quoted, _, ']'] => quoted,
            ['.', '"', .. var quoted, '"'] => quoted,
            _ => step[1..],
        };

    [GeneratedRegex("""^\$((?:\.[^.\[\]"'*]+|\."[^"]+"|\['[^']+'\]|\["[^"]+"\]))*\[\*\]$""")]
    private static partial Regex Form();
}
