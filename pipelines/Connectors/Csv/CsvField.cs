namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Where a field is in its block. A quoted one is what stands between its quotes.</summary>
internal readonly struct CsvField
{
    private const int LengthMask = (1 << 28) - 1;
    private const int Quoted = 1 << 28;
    private const int Escaped = 1 << 29;

    private readonly int packed;

    /// <summary>A field.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="isQuoted">Whether it stood in quotes.</param>
    /// <param name="hasEscapes">Whether its bytes are not yet its value.</param>
    public CsvField(int start, int length, bool isQuoted, bool hasEscapes)
    {
        Start = start;
        packed = length | (isQuoted ? Quoted : 0) | (hasEscapes ? Escaped : 0);
    }

    /// <summary>Where it begins.</summary>
    public int Start { get; }

    /// <summary>Its length in bytes.</summary>
    public int Length => packed & LengthMask;

    /// <summary>Whether it stood in quotes.</summary>
    public bool IsQuoted => (packed & Quoted) != 0;

    /// <summary>Whether its bytes are not yet its value.</summary>
    public bool HasEscapes => (packed & Escaped) != 0;

    /// <summary>Whether there was nothing at all, not even quotes.</summary>
    public bool IsEmpty => packed == 0;
}
