using System.Text;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Lists in attributes: parts separated by commas, where commas within double quotes or parentheses do not separate.</summary>
public static class NameList
{
    /// <summary>Splits into names: trimmed, without surrounding double quotes, empty parts left out.</summary>
    public static IReadOnlyList<string> Split(string list) => [.. Parts(list).Select(Unquote)];

    /// <summary>Splits into parts as they are written, trimmed, empty parts left out.</summary>
    public static IReadOnlyList<string> Parts(string list)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var quoted = false;
        var depth = 0;
        foreach (var c in list)
        {
            if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is '(' or '[')
                depth++;
            else if (!quoted && c is ')' or ']')
                depth--;
            if (c == ',' && !quoted && depth <= 0)
                Finish();
            else
                part.Append(c);
        }
        Finish();
        return parts;

        void Finish()
        {
            if (part.ToString().Trim() is { Length: > 0 } p)
                parts.Add(p);
            part.Clear();
        }
    }

    /// <summary>A name without the double quotes around it, doubled ones within made single.</summary>
    public static string Unquote(string name) =>
        name is ['"', .., '"'] and { Length: > 1 } ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;
}
