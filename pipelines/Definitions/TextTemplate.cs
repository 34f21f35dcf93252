using System.Text;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>
/// A text with references <c>${name}</c>. <c>$${</c> stands for <c>${</c> itself. What a name may mean is up to whoever expands it: a parameter in a
/// document, <c>env:NAME</c> or <c>secret:NAME</c> in a connection.
/// </summary>
public sealed class TextTemplate
{
    private readonly string text;
    private readonly List<(int Start, int Length, string? Name)> holes;

    private TextTemplate(string text, List<(int, int, string?)> holes, (int, string)? error)
    {
        this.text = text;
        this.holes = holes;
        Error = error;
    }

    /// <summary>What keeps the text from being a template, and at which character; null when nothing does.</summary>
    public (int Offset, string Reason)? Error { get; }

    /// <summary>The names it refers to, each with the offset of its <c>${</c>, in order.</summary>
    public IEnumerable<(string Name, int Offset)> References => holes.Where(h => h.Name is not null).Select(h => (h.Name!, h.Start));

    /// <summary>Finds the references of a text.</summary>
    public static TextTemplate Parse(string text)
    {
        var holes = new List<(int, int, string?)>();
        for (var i = text.IndexOf("${", StringComparison.Ordinal); i >= 0; )
        {
            if (i > 0 && text[i - 1] == '$')
            {
                holes.Add((i - 1, 3, null));
                i = text.IndexOf("${", i + 2, StringComparison.Ordinal);
                continue;
            }
            var end = text.IndexOf('}', i);
            var name = end < 0 ? "" : text[(i + 2)..end].Trim();
            if (name.Length == 0)
                return new TextTemplate(
                    text,
                    holes,
                    (i, end < 0 ? "'${' is not closed with '}'; '$${' stands for '${' itself" : "'${}' names nothing")
                );
            holes.Add((i, end + 1 - i, name));
            i = text.IndexOf("${", end, StringComparison.Ordinal);
        }
        return new TextTemplate(text, holes, null);
    }

    /// <summary>The text with each reference replaced by its value, which is taken as it is and not expanded again.</summary>
    /// <param name="value">Gives a name's value; null leaves the reference as it stands.</param>
    public string Expand(Func<string, string?> value)
    {
        if (holes.Count == 0)
            return text;
        var result = new StringBuilder();
        var position = 0;
        foreach (var (start, length, name) in holes)
        {
            result.Append(text, position, start - position);
            result.Append(name is null ? "${" : value(name) ?? text.Substring(start, length));
            position = start + length;
        }
        return result.Append(text, position, text.Length - position).ToString();
    }
}
