namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Whole records of one file, as bytes. A thread has one and fills it again and again.</summary>
/// <param name="size">How much is read at once, in bytes.</param>
internal sealed class CsvBlock(int size)
{
    /// <summary>How much is read at once of a large file.</summary>
    public const int Size = 1 << 20;

    // A packed file holds more than its length says; and .NET has large arrays back only when it looks at all of its memory.
    private const int SmallestSize = 1 << 16;

    /// <summary>A block for files of which the longest has so many bytes, and one more by which their end is seen.</summary>
    public static CsvBlock For(long longest) => new((int)Math.Clamp(longest + 1, SmallestSize, Size));

    /// <summary>The bytes; as many as <see cref="Length"/> count.</summary>
    public byte[] Data { get; private set; } = new byte[size];

    /// <summary>The number of bytes.</summary>
    public int Length { get; set; }

    /// <summary>Where the records begin: behind a header or a byte order mark.</summary>
    public int Start { get; set; }

    /// <summary>The file, by its place among the scan's.</summary>
    public int File { get; set; }

    /// <summary>The line on which the first record begins, from 1.</summary>
    public long Line { get; set; }

    /// <summary>The records.</summary>
    public ReadOnlySpan<byte> Records => Data.AsSpan(Start, Length - Start);

    /// <summary>Makes room for twice as much.</summary>
    public void Grow()
    {
        var larger = new byte[Data.Length * 2];
        Data.AsSpan(0, Length).CopyTo(larger);
        Data = larger;
    }
}
