using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

public sealed class NumericSummaryTests
{
    private readonly NumericSummary summary = new("n");
    private readonly Random random = new(3);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(60_000)]
    public void Of_few_values_all_is_exact(int count)
    {
        var values = Values(count);
        Show(values);

        var sorted = values.Where(v => !double.IsNaN(v)).Order().ToArray();
        var found = summary.ToSummary();
        Assert.False(found.Sampled);
        Assert.Equal((sorted.Length, count - sorted.Length), (found.Values, found.Nulls));
        Assert.Equal(Rank(sorted, 0), found.Minimum);
        Assert.Equal(Rank(sorted, 0.25), found.LowerQuartile);
        Assert.Equal(Rank(sorted, 0.5), found.Median);
        Assert.Equal(Rank(sorted, 0.75), found.UpperQuartile);
        Assert.Equal(Rank(sorted, 1), found.Maximum);
    }

    [Fact]
    public void Of_many_values_the_count_and_the_ends_are_exact_and_the_quartiles_near()
    {
        var values = Values(400_000);
        // The ends stand alone, where a vector ends and within one.
        (values[399_999], values[250_003]) = (-5_000, 5_000);
        Show(values);

        var sorted = values.Where(v => !double.IsNaN(v)).Order().ToArray();
        var found = summary.ToSummary();
        Assert.True(found.Sampled);
        Assert.Equal((sorted.Length, values.Length - sorted.Length), (found.Values, found.Nulls));
        Assert.Equal((-5_000d, 5_000d), (found.Minimum, found.Maximum));
        foreach (var (share, quartile) in new[] { (0.25, found.LowerQuartile), (0.5, found.Median), (0.75, found.UpperQuartile) })
            Assert.InRange(quartile!.Value, Rank(sorted, share - 0.01)!.Value, Rank(sorted, share + 0.01)!.Value);
    }

    private double[] Values(int count) =>
        [.. Enumerable.Range(0, count).Select(i => i % 1000 == 7 ? double.NaN : Math.Pow(random.NextDouble(), 3) * 1000)];

    /// <summary>Shows values in vectors of all lengths.</summary>
    private void Show(ReadOnlySpan<double> values)
    {
        for (var length = 0; !values.IsEmpty; length = (length + 7) % 300)
        {
            var next = Math.Min(length, values.Length);
            summary.Add(values[..next], 0);
            values = values[next..];
        }
    }

    private static double? Rank(double[] sorted, double share)
    {
        if (sorted.Length == 0)
            return null;
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return double.Lerp(sorted[below], sorted[Math.Min(below + 1, sorted.Length - 1)], position - below);
    }
}
