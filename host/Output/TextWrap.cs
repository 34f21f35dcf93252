namespace ServerlessHub.Host.Output;

/// <summary>Breaks text into lines between words.</summary>
internal static class TextWrap
{
    /// <summary>The lines of a text, none wider than this unless a word is.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }
}
