namespace ServerlessHub.Pipelines.Definitions;

/// <summary>A document's text, with the way from an offset to line and column and back.</summary>
internal sealed class SourceDocument
{
    private readonly List<int> lineStarts = [0];

    public SourceDocument(string file, string text)
    {
        File = file;
        Text = text;
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                lineStarts.Add(i + 1);
    }

    /// <summary>The document's path as the user knows it.</summary>
    public string File { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The offset of a line and column, both counted from 1.</summary>
    public int OffsetOf(int line, int column) => lineStarts[line - 1] + column - 1;

    /// <summary>The place of an offset.</summary>
    public SourceLocation LocationOf(int offset)
    {
        var line = lineStarts.BinarySearch(offset);
        if (line < 0)
            line = ~line - 1;
        return new SourceLocation(File, line + 1, offset - lineStarts[line] + 1);
    }
}
