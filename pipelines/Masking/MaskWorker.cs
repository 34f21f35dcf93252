using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>Carries values from an engine's vector through a mask into another vector. For one thread at a time.</summary>
internal sealed class MaskWorker(Mask mask)
{
    /// <summary>From how many bytes on values are masked before more are taken up, so that a vector of large texts does not need many times its memory.</summary>
    private const int EnoughBytes = 1 << 20;

    private readonly ByteVector values = new();
    private readonly ByteVector masked = new();
    private int[] places = [];

    /// <summary>Masks all values of a vector; the nulls of the output are in place already.</summary>
    public void Run(VectorReader input, VectorWriter output)
    {
        Buffers.Grow(ref places, input.Length);
        for (var start = 0; start < input.Length; )
        {
            var end = TakeUp(input, start);
            mask.Apply(values, masked);
            for (var row = start; row < end; row++)
            {
                if (!input.IsNull(row))
                    output.SetBytes(row, masked[places[row]]);
            }
            start = end;
        }
    }

    /// <summary>Takes values up from a row on, and gives the row after the last. Of equal values in a row only the first is masked, unless masks
    /// differ each time: a constant comes as a vector of 2,048 of it.</summary>
    private int TakeUp(VectorReader input, int start)
    {
        values.Clear();
        var row = start;
        for (; row < input.Length && values.Length < EnoughBytes; row++)
        {
            if (input.IsNull(row))
                continue;
            var value = input.Bytes(row);
            if (!mask.IsDeterministic || values.Count == 0 || !value.SequenceEqual(values[values.Count - 1]))
                values.Add(value);
            places[row] = values.Count - 1;
        }
        return row;
    }
}
