using System.Text;

namespace ServerlessHub.Engine;

/// <summary>Reads a map that DuckDB wrote as text: <c>{Table=t, Filters='i&gt;10, j&lt;5'}</c>, with <c>\</c> before a quote inside quotes.</summary>
internal static class MapText
{
    public static Dictionary<string, string> Parse(string text)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 1;
        while (at < text.Length - 1)
        {
            var key = Item(text, ref at, '=');
            map[key] = Item(text, ref at, ',');
            while (at < text.Length && text[at] == ' ')
                at++;
        }
        return map;
    }

    /// <summary>A plain or quoted text, and the separator or closing brace behind it.</summary>
    private static string Item(string text, ref int at, char separator)
    {
        if (at < text.Length && text[at] == '\'')
            return Quoted(text, ref at);

        var start = at;
        while (at < text.Length && text[at] != separator && text[at] != '}')
            at++;
        return text[start..Math.Min(at++, text.Length)];
    }

    private static string Quoted(string text, ref int at)
    {
        var content = new StringBuilder();
        for (at++; at < text.Length && text[at] != '\''; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            content.Append(text[at]);
        }
        at += 2;
        return content.ToString();
    }
}
