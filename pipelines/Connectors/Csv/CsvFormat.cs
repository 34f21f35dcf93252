namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>How a CSV file is written.</summary>
/// <param name="Delimiter">Between fields; an ASCII character.</param>
/// <param name="Quote">Around a field; an ASCII character.</param>
/// <param name="Escape">Before a quote, or itself, within quotes; the quote doubles where it is the quote.</param>
/// <param name="Null">An unquoted field of these bytes is null; null for none but the empty one.</param>
/// <param name="HasHeader">Whether the first record holds the names.</param>
internal sealed record CsvFormat(byte Delimiter, byte Quote, byte Escape, byte[]? Null, bool HasHeader)
{
    public const byte LineFeed = (byte)'\n';
    public const byte CarriageReturn = (byte)'\r';

    /// <summary>Comma, double quotes that double, a header.</summary>
    public static CsvFormat Default { get; } = new((byte)',', (byte)'"', (byte)'"', null, HasHeader: true);

    /// <summary>Whether a quote within quotes is written twice.</summary>
    public bool DoublesQuotes => Quote == Escape;

    /// <summary>Whether a byte ends a field outside of quotes, so that a quote after it begins one.</summary>
    public bool Separates(byte b) => b == Delimiter || b is LineFeed or CarriageReturn;

    /// <summary>The number of lines that end in some bytes: <c>\n</c>, <c>\r\n</c> and a lone <c>\r</c> each end one.</summary>
    public static int CountLines(ReadOnlySpan<byte> data)
    {
        var feeds = data.Count(LineFeed);
        var returns = data.Count(CarriageReturn);
        return returns == 0 ? feeds : feeds + returns - data.Count("\r\n"u8);
    }

    /// <summary>Whether the quote at a position is escaped by a character of its own before it.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="content">Where the quoted content begins.</param>
    /// <param name="quote">Where the quote is.</param>
    public bool IsEscaped(ReadOnlySpan<byte> data, int content, int quote)
    {
        var run = 0;
        while (quote - run > content && data[quote - run - 1] == Escape)
            run++;
        return run % 2 == 1;
    }

    /// <summary>Writes the content of a quoted field without its escapes.</summary>
    /// <returns>The number of bytes written, at most those of the content.</returns>
    public int Unescape(ReadOnlySpan<byte> content, Span<byte> to)
    {
        var written = 0;
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == Escape && i + 1 < content.Length && (content[i + 1] == Quote || content[i + 1] == Escape))
                i++;
            to[written++] = content[i];
        }
        return written;
    }
}
