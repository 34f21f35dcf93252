namespace ServerlessHub.Pipelines.Definitions;

/// <summary>
/// A value of a document with the way back from each of its characters to where it is written, past entities, CDATA sections, comments and line
/// ends, so that an error inside an expression points at its own place.
/// </summary>
public sealed class SourceText
{
    private readonly SourceDocument? document;
    private readonly Segment[] segments;
    private readonly SourceLocation location;

    /// <summary>A value that stands in no document, or whose every character counts as being at one place.</summary>
    public SourceText(string value, SourceLocation location)
    {
        Value = value;
        segments = [];
        this.location = location;
    }

    internal SourceText(SourceDocument document, string value, params Segment[] segments)
    {
        Value = value;
        this.document = document;
        this.segments = segments;
        location = LocationAt(0);
    }

    /// <summary>The value.</summary>
    public string Value { get; }

    /// <summary>Where it begins.</summary>
    public SourceLocation Location => location;

    /// <summary>Where a character of <see cref="Value"/> is written.</summary>
    /// <param name="offset">The character's index; one outside of the value counts as the nearest within.</param>
    public SourceLocation LocationAt(int offset)
    {
        if (document is null)
            return location;
        offset = Math.Clamp(offset, 0, Value.Length);
        var segment = Array.FindLast(segments, s => s.Start <= offset);
        return document.LocationOf(segment.IsVerbatim ? Verbatim(segment, offset) : Escaped(segment, offset));
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>The same without the white space around it.</summary>
    internal SourceText Trim()
    {
        var trimmed = Value.Trim();
        if (trimmed.Length == Value.Length || document is null)
            return this;
        var before = Value.Length - Value.TrimStart().Length;
        return new SourceText(document, trimmed, [.. segments.Select(s => s with { Start = s.Start - before })]);
    }

    private int Verbatim(Segment segment, int offset)
    {
        var at = segment.Written;
        for (var i = segment.Start; i < offset; i++)
            at += LineEndLength(at);
        return at;
    }

    private int Escaped(Segment segment, int offset)
    {
        var text = document!.Text;
        var at = segment.Written;
        for (var i = segment.Start; i < offset && at < text.Length; i++)
        {
            if (text[at] != '&')
            {
                at += LineEndLength(at);
                continue;
            }
            var end = text.IndexOf(';', at) + 1;
            // A character beyond the basic plane is one reference but two characters of the value.
            if (i >= 0 && i + 1 < Value.Length && char.IsSurrogatePair(Value[i], Value[i + 1]) && ++i == offset)
                return at;
            at = end > 0 ? end : text.Length;
        }
        return at;
    }

    private int LineEndLength(int at) =>
        at + 1 < document!.Text.Length && document.Text[at] == '\r' && document.Text[at + 1] == '\n' ? 2 : 1;

    /// <summary>A run of the value that is written in one piece.</summary>
    /// <param name="Start">Where it begins in the value; below zero where white space before it was trimmed.</param>
    /// <param name="Written">Where it begins in the document.</param>
    /// <param name="IsVerbatim">Whether it holds no entities, as in CDATA.</param>
    internal readonly record struct Segment(int Start, int Written, bool IsVerbatim);
}
