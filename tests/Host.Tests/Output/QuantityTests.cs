using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Tests.Output;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0L, "0 B")]
    [InlineData(999L, "999 B")]
    [InlineData(1_500L, "1.5 kB")]
    [InlineData(23_400_000L, "23.4 MB")]
    [InlineData(999_999L, "1 MB")]
    [InlineData(5_000_000_000_000L, "5 TB")]
    [InlineData(null, "–")]
    public void Bytes_are_shown_in_the_unit_that_fits(long? bytes, string text) => Assert.Equal(text, Quantity.Bytes(bytes));

    [Theory]
    [InlineData(0L, "0")]
    [InlineData(1_234_567L, "1 234 567")]
    [InlineData(-1_000L, "-1 000")]
    [InlineData(null, "–")]
    public void Thousands_stand_apart(long? count, string text) => Assert.Equal(text, Quantity.Count(count));

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-12.345678, "-12.3457")]
    [InlineData(1_234.56789, "1 234.57")]
    [InlineData(99_999.96, "100 000")]
    [InlineData(1_234_567.8, "1 234 568")]
    [InlineData(123_456_789_012_345_678.0, "123 456 789 012 346 000")]
    [InlineData(0.00001234567, "0.0000123457")]
    [InlineData(1.5e300, "1.5E+300")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(null, "–")]
    public void A_number_is_written_out(double? number, string text) => Assert.Equal(text, Quantity.Number(number));

    [Theory]
    [InlineData(0.12, "120 ms")]
    [InlineData(4.51, "4.5 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(4_800, "1 h 20 min")]
    public void A_duration_has_the_units_that_matter(double seconds, string text) =>
        Assert.Equal(text, Quantity.Duration(TimeSpan.FromSeconds(seconds)));
}
