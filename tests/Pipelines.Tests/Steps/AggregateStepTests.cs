using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class AggregateStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench().Table(
        "a",
        "FROM (VALUES ('x', 1, 1.50, 'p', 0.5), ('x', 2, 2.25, NULL, 1.5), (NULL, 5, NULL, 'q', 2.5), ('x', NULL, 0.25, 'p', NULL), (NULL, 7, 1.00, NULL, 9)) "
            + "t(g, n, d, s, f)"
    );

    [Fact]
    public void Nulls_make_a_group_and_count_in_no_metric_but_the_count_of_rows() =>
        Assert.Equal(
            ["x|3|2|1|3|4.00|1.5", "∅|2|2|1|12|1.00|6"],
            bench
                .Run(
                    "<aggregate source='a' groupBy='g' metrics='count:rows, count:n:values, countDistinct:s:kinds, sum:n, sum:d:total, avg:n:mean'/>",
                    "a"
                )
                .Order()
        );

    [Fact]
    public void Without_groups_there_is_one_row_even_of_nothing() =>
        Assert.Equal(
            ["0|0|∅|∅|∅|∅"],
            bench.Run(
                "<filter source='a' condition='false'/><aggregate source='a' metrics='count:rows, countDistinct:s:k, sum:n, avg:d, min:s, median:n:m'/>",
                "a"
            )
        );

    [Fact]
    public void With_groups_there_is_no_row_of_nothing() =>
        Assert.Empty(bench.Run("<filter source='a' condition='false'/><aggregate source='a' groupBy='g' metrics='count:rows'/>", "a"));

    [Fact]
    public void Quantiles_interpolate() =>
        Assert.Equal(
            ["5|9.5|2.5|2024-01-06 00:00:00"],
            bench
                .Table("q", "SELECT range AS n, (range / 2)::DECIMAL(3,1) AS d, DATE '2024-01-01' + range::INTEGER AS t FROM range(11)")
                .Run("<aggregate source='q' metrics='median:n, p95:n:high, median:d, median:t'/>", "q")
        );

    [Theory]
    [InlineData("", "1|p|7|∅")]
    [InlineData("<sort source='a' orderBy='n desc' nulls='first'/>", "∅|p|1|p")]
    public void First_and_last_go_by_the_order_of_the_rows_and_take_nulls(string before, string row) =>
        Assert.Equal([row], bench.Run($"{before}<aggregate source='a' metrics='first:n:a, first:s:b, last:n:c, last:s:d'/>", "a"));

    [Fact]
    public void Each_metric_has_its_type() =>
        Assert.Equal(
            "rows BIGINT, n BIGINT, d DECIMAL(38,2), f DECIMAL(38,1), mean DOUBLE, low INTEGER, high VARCHAR, mid DOUBLE, p DOUBLE, one DECIMAL(3,2)",
            bench.Columns(
                "<aggregate source='a' metrics='count:rows, sum:n, sum:d, sum:f, avg:d:mean, min:n:low, max:s:high, median:d:mid, p95:n:p, first:d:one'/>",
                "a"
            )
        );

    [Theory]
    [InlineData(
        "BIGINT",
        "9223372036854775807",
        "the sum of 'n' is 18446744073709551614, which is more than a whole number of 64 bits holds"
    )]
    [InlineData(
        "BIGINT",
        "-9223372036854775808",
        "the sum of 'n' is -18446744073709551616, which is more than a whole number of 64 bits holds"
    )]
    [InlineData("DOUBLE", "1e308", "the sum of 'n' is inf, which is more than a double holds")]
    public void A_sum_that_does_not_fit_fails_and_names_the_column(string type, string value, string message)
    {
        bench.Table("b", $"FROM (VALUES ('{value}'::{type}), ('{value}'::{type})) t(n)");
        var error = Assert.Throws<EngineException>(() => bench.Run("<aggregate source='b' metrics='sum:n:total'/>", "b"));
        Assert.Equal(new RaisedError(message, "make the column a decimal first, with <derive>"), RaisedError.Find(error.Message));
    }

    [Fact]
    public void The_largest_sum_that_fits_is_given() =>
        Assert.Equal(
            ["9223372036854775807"],
            bench.Table("b", "FROM (VALUES (9223372036854775806), (1)) t(n)").Run("<aggregate source='b' metrics='sum:n'/>", "b")
        );

    [Theory]
    [InlineData("«sum", "« HUB1009: 'sum' is no metric; write function:name or function:column:name, such as sum:amount:revenue")]
    [InlineData("«sum::x", "« HUB1009: 'sum::x' is no metric; write function:name or function:column:name, such as sum:amount:revenue")]
    [InlineData("count:x, «summ:n", "« HUB1009: unknown function 'summ'; did you mean 'sum'?")]
    [InlineData("«sum:x", "« HUB2004: dataset 'a' has no column 'x'; columns here: g, n, d, s, f")]
    [InlineData("«sum:s", "« HUB3004: sum cannot take 's', which is VARCHAR; it takes numbers; convert the column first, with <derive>")]
    [InlineData("«p95:s", "« HUB3004: p95 cannot take 's', which is VARCHAR; it takes numbers, dates and timestamps")]
    public void A_metric_that_means_nothing_is_reported_at_its_place(string metrics, string finding) =>
        Assert.Equal(finding, bench.Findings($"<aggregate source='a' metrics='{metrics}'/>"));

    [Fact]
    public void A_name_in_quotes_may_hold_anything() =>
        Assert.Equal(
            "a:b, c DECIMAL(38,0)",
            bench.Table("q", "SELECT 1::HUGEINT AS \"x:y\"").Columns("<aggregate source='q' metrics='sum:\"x:y\":\"a:b, c\"'/>", "q")
        );

    public void Dispose() => bench.Dispose();
}
