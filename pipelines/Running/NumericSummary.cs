using System.Runtime.Intrinsics;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// Watches the numbers of a column go by, a vector at a time: the count, the lowest and the highest are exact, the quartiles come from a uniform
/// sample of fixed size, which is all values while there are not more. Its memory does not grow. Safe for several threads.
/// </summary>
internal sealed class NumericSummary(string column)
{
    private const int SampleSize = 65_536;
    private readonly Lock gate = new();
    private readonly Random random = new(20_240_229);
    private double[] sample = new double[1024];
    private long values;
    private long nulls;
    private double minimum = double.PositiveInfinity;
    private double maximum = double.NegativeInfinity;
    private double weight = 1;
    private long next;

    /// <summary>Takes a vector of values, and the number of nulls that stood among them. NaN is no number and counts as a null.</summary>
    public void Add(ReadOnlySpan<double> vector, long nullCount)
    {
        lock (gate)
        {
            nulls += nullCount;
            if (values < SampleSize || !TryFindRange(vector, out var low, out var high))
            {
                foreach (var value in vector)
                    Add(value);
                return;
            }
            minimum = Math.Min(minimum, low);
            maximum = Math.Max(maximum, high);
            for (; next < values + vector.Length; Skip(next))
                sample[random.Next(SampleSize)] = vector[(int)(next - values)];
            values += vector.Length;
        }
    }

    /// <summary>The summary of all that went by.</summary>
    public ColumnSummary ToSummary()
    {
        lock (gate)
        {
            var kept = (int)Math.Min(values, SampleSize);
            if (kept == 0)
                return new ColumnSummary(column, 0, nulls, null, null, null, null, null, false);
            var sorted = sample.AsSpan(0, kept).ToArray();
            Array.Sort(sorted);
            return new ColumnSummary(
                column,
                values,
                nulls,
                minimum,
                Rank(sorted, 0.25),
                Rank(sorted, 0.5),
                Rank(sorted, 0.75),
                maximum,
                values > SampleSize
            );
        }
    }

    // Algorithm L (Li 1994): after the sample is full, only the values that enter it cost a random number.
    private void Add(double value)
    {
        if (double.IsNaN(value))
        {
            nulls++;
            return;
        }
        minimum = Math.Min(minimum, value);
        maximum = Math.Max(maximum, value);
        if (values < SampleSize)
        {
            if (values == sample.Length)
                Array.Resize(ref sample, sample.Length * 4);
            sample[values] = value;
            if (values == SampleSize - 1)
                Skip(values);
        }
        else if (values == next)
        {
            sample[random.Next(SampleSize)] = value;
            Skip(values);
        }
        values++;
    }

    /// <summary>The lowest and the highest of some values, as many at a time as fill a register; false where one is NaN.</summary>
    private static bool TryFindRange(ReadOnlySpan<double> vector, out double low, out double high)
    {
        var (lowest, highest) = (Vector256.Create(double.PositiveInfinity), Vector256.Create(double.NegativeInfinity));
        var numbers = Vector256<double>.AllBitsSet;
        var at = 0;
        for (; at <= vector.Length - Vector256<double>.Count; at += Vector256<double>.Count)
        {
            var few = Vector256.Create(vector[at..]);
            numbers &= Vector256.Equals(few, few);
            lowest = Vector256.MinNative(lowest, few);
            highest = Vector256.MaxNative(highest, few);
        }
        var areNumbers = numbers.AsUInt64() == Vector256<ulong>.AllBitsSet;
        (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < Vector256<double>.Count; i++)
            (low, high) = (Math.Min(low, lowest[i]), Math.Max(high, highest[i]));
        foreach (var value in vector[at..])
        {
            areNumbers &= !double.IsNaN(value);
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
        return areNumbers;
    }

    /// <summary>Chooses which value behind one is the next to enter the sample.</summary>
    private void Skip(long at)
    {
        weight *= Math.Exp(Math.Log(1 - random.NextDouble()) / SampleSize);
        next = at + 1 + (long)Math.Floor(Math.Log(1 - random.NextDouble()) / Math.Log(1 - weight));
    }

    /// <summary>The value at a rank, interpolated between its neighbours.</summary>
    private static double Rank(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)Math.Floor(position);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return double.Lerp(sorted[below], sorted[above], position - below);
    }
}
