namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Whole records of one file, as bytes. A thread has one and fills it again and again.</summary>
internal sealed class CsvBlock
{
    /// <summary>How much is read at once.</summary>
    public const int Size = 1 << 20;

    /// <summary>The bytes; as many as <see cref="Length"/> count.</summary>
    public byte[] Data { get; private set; } = new byte[Size];

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
