using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class IsoDurationTests
{
    [Theory]
    [InlineData("PT2H", "02:00:00")]
    [InlineData("P1D", "1.00:00:00")]
    [InlineData("P2W", "14.00:00:00")]
    [InlineData("P1DT12H30M", "1.12:30:00")]
    [InlineData("PT90M", "01:30:00")]
    [InlineData("PT1.5S", "00:00:01.5")]
    [InlineData("PT1H5S", "01:00:05")]
    public void A_duration_of_a_fixed_length_is_read(string text, string expected)
    {
        Assert.True(IsoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Parse(expected), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("PT0S")]
    [InlineData("-PT1H")]
    [InlineData("PT1H\n")]
    [InlineData("PT5S1H")]
    [InlineData("2h")]
    [InlineData("P1W2D")]
    [InlineData("PT99999999999H")]
    public void Anything_else_is_not(string text) => Assert.False(IsoDuration.TryParse(text, out _));
}
