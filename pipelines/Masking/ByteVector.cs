namespace ServerlessHub.Pipelines.Masking;

/// <summary>A vector of byte strings, mostly UTF-8 text, some of them null. Cleared and filled again, it allocates only to grow.</summary>
public sealed class ByteVector
{
    private byte[] bytes = new byte[1024];
    private int[] ends = new int[64];
    private bool[] nulls = new bool[64];

    /// <summary>How many values there are, nulls included.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes all values have together.</summary>
    public int Length => Count == 0 ? 0 : ends[Count - 1];

    /// <summary>The bytes of a value; a null has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var start = index == 0 ? 0 : ends[index - 1];
            return bytes.AsSpan(start, ends[index] - start);
        }
    }

    /// <summary>Whether a value is null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public bool IsNull(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return nulls[index];
    }

    /// <summary>Forgets all values and keeps the room.</summary>
    public void Clear() => Count = 0;

    /// <summary>Takes the last value away again.</summary>
    internal void RemoveLast() => Count--;

    /// <summary>Appends a value.</summary>
    public void Add(ReadOnlySpan<byte> value) => value.CopyTo(Add(value.Length));

    /// <summary>Appends a null.</summary>
    public void AddNull()
    {
        Add(0);
        nulls[Count - 1] = true;
    }

    /// <summary>Appends a value of so many bytes, whose content the caller writes into the span before the next call.</summary>
    public Span<byte> Add(int length)
    {
        var start = Length;
        var end = checked(start + length);
        if (Count == ends.Length)
        {
            Array.Resize(ref ends, Count * 2);
            Array.Resize(ref nulls, Count * 2);
        }
        if (end > bytes.Length)
            Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max(end, bytes.Length * 2L)));
        ends[Count] = end;
        nulls[Count++] = false;
        return bytes.AsSpan(start, length);
    }
}
