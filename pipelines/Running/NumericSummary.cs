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
            foreach (var value in vector)
                Add(value);
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
                Skip();
        }
        else if (values == next)
        {
            sample[random.Next(SampleSize)] = value;
            Skip();
        }
        values++;
    }

    private void Skip()
    {
        weight *= Math.Exp(Math.Log(1 - random.NextDouble()) / SampleSize);
        next = values + 1 + (long)Math.Floor(Math.Log(1 - random.NextDouble()) / Math.Log(1 - weight));
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
