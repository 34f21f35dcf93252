using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("custmer_csv", "customer_csv")]
    [InlineData("customer_cvs", "customer_csv")]
    [InlineData("CUSTOMER_CSV", "customer_csv")]
    [InlineData("customer-csv2", "customer_csv")]
    [InlineData("dta", "data")]
    [InlineData("orders", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void The_name_with_the_fewest_edits_is_meant(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Find(name, ["country", "customer_csv", "data", "y"]));
}
