namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Lists in attributes: parts separated by commas, where commas within double quotes or parentheses do not separate.</summary>
public static class NameList
{
    /// <summary>Splits into names: trimmed, without surrounding double quotes, empty parts left out.</summary>
    public static IReadOnlyList<string> Split(string list) => [.. Parts(list).Select(Unquote)];

    /// <summary>Splits into parts as they are written, trimmed, empty parts left out.</summary>
    public static IReadOnlyList<string> Parts(string list) => [.. Located(list).Select(p => p.Text)];

    /// <summary>As <see cref="Parts"/>, each with the index of its first character.</summary>
    public static IReadOnlyList<(string Text, int Offset)> Located(string list)
    {
        var parts = new List<(string, int)>();
        var start = 0;
        var quoted = false;
        var depth = 0;
        for (var i = 0; i < list.Length; i++)
        {
            var c = list[i];
            if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is '(' or '[')
                depth++;
            else if (!quoted && c is ')' or ']')
                depth--;
            else if (c == ',' && !quoted && depth <= 0)
            {
                Finish(i);
                start = i + 1;
            }
        }
        Finish(list.Length);
        return parts;

        void Finish(int end)
        {
            var part = list[start..end];
            if (part.Trim() is { Length: > 0 } text)
                parts.Add((text, start + part.Length - part.TrimStart().Length));
        }
    }

    /// <summary>A name without the double quotes around it, doubled ones within made single.</summary>
    public static string Unquote(string name) =>
        name is ['"', .., '"'] and { Length: > 1 } ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;
}
