using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public class SmallDomainsTests
{
    private static SmallDomains Make() => new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Theory]
    [InlineData(10)]
    [InlineData(26 * 26)]
    [InlineData(SmallDomains.Limit - 1)]
    public void A_table_is_a_permutation_and_its_inverse(int size)
    {
        var table = Make().Get(7, size);
        Assert.Equal(Enumerable.Range(0, size), table.Token.Order());
        Assert.Equal(Enumerable.Range(0, size), table.Token.Select(token => table.Member[token]));
    }

    [Fact]
    public void Every_format_has_a_permutation_of_its_own()
    {
        var domains = Make();
        Assert.NotEqual(domains.Get(1, 100).Token, domains.Get(2, 100).Token);
        Assert.NotEqual(SmallDomains.Format([0, 1]), SmallDomains.Format([1, 0]));
        Assert.NotEqual(SmallDomains.Format([0]), SmallDomains.Format([0, 0]));
    }

    [Fact]
    public void Tables_that_were_dropped_come_back_as_they_were()
    {
        var domains = Make();
        var first = domains.Get(0, 100_000);
        Assert.Same(first, domains.Get(0, 100_000));
        for (ulong format = 1; format <= 80; format++)
            domains.Get(format, 100_000);
        var again = domains.Get(0, 100_000);
        Assert.NotSame(first, again);
        Assert.Equal(first.Token, again.Token);
    }
}
