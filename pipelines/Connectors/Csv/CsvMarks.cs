using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>The positions of all bytes that mean something to CSV: delimiters, quotes and line ends, found a vector at a time.</summary>
internal sealed class CsvMarks(CsvFormat format)
{
    private int[] positions = [];

    /// <summary>The positions, ascending.</summary>
    public ReadOnlySpan<int> Positions => positions.AsSpan(0, Count);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Finds them.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="start">Where to begin.</param>
    public void Find(ReadOnlySpan<byte> data, int start)
    {
        if (positions.Length < data.Length)
            positions = new int[data.Length];
        var at = start;
        var count = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var delimiter = Vector256.Create(format.Delimiter);
            var quote = Vector256.Create(format.Quote);
            var feed = Vector256.Create(CsvFormat.LineFeed);
            var carriage = Vector256.Create(CsvFormat.CarriageReturn);
            ref var first = ref MemoryMarshal.GetReference(data);
            for (; at + Vector256<byte>.Count <= data.Length; at += Vector256<byte>.Count)
            {
                var bytes = Vector256.LoadUnsafe(ref first, (nuint)at);
                var marks = (
                    Vector256.Equals(bytes, delimiter)
                    | Vector256.Equals(bytes, quote)
                    | Vector256.Equals(bytes, feed)
                    | Vector256.Equals(bytes, carriage)
                ).ExtractMostSignificantBits();
                for (; marks != 0; marks &= marks - 1)
                    positions[count++] = at + BitOperations.TrailingZeroCount(marks);
            }
        }
        for (; at < data.Length; at++)
            if (data[at] == format.Quote || format.Separates(data[at]))
                positions[count++] = at;
        Count = count;
    }
}
