using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class RunTimeFormatTests
{
    private static readonly DateTimeOffset Time = new(2026, 2, 3, 1, 5, 9, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("out/%Y/%m/%d", "out/2026/02/02")]
    [InlineData("%H%M%S", "230509")]
    [InlineData("%j", "033")]
    [InlineData("100%%/%%Y", "100%/%Y")]
    [InlineData("plain", "plain")]
    [InlineData("%q%", "%q%")]
    public void Parts_are_those_of_the_time_in_utc(string text, string expected) =>
        Assert.Equal(expected, RunTimeFormat.Expand(text, Time));

    [Theory]
    [InlineData("a/%q", 2)]
    [InlineData("%Y%", 2)]
    [InlineData("%%%y", 2)]
    public void An_unknown_part_is_reported_with_its_place(string text, int offset) =>
        Assert.Equal(offset, RunTimeFormat.Check(text)?.Offset);

    [Theory]
    [InlineData("%Y/%m/%d/%H/%M/%S/%j/%%")]
    [InlineData("")]
    [InlineData("a")]
    public void A_right_text_has_no_finding(string text) => Assert.Null(RunTimeFormat.Check(text));
}
