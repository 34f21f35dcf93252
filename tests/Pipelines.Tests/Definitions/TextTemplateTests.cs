using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class TextTemplateTests
{
    [Fact]
    public void References_are_found_with_their_places()
    {
        var template = TextTemplate.Parse("in/${country}/${ runDate }.csv");

        Assert.Null(template.Error);
        Assert.Equal([("country", 3), ("runDate", 14)], template.References);
    }

    [Theory]
    [InlineData("plain $5 {x} $", "plain $5 {x} $")]
    [InlineData("${a}${b}", "12")]
    [InlineData("x${a}y", "x1y")]
    [InlineData("$${a}", "${a}")]
    [InlineData("$${a}${b}", "${a}2")]
    [InlineData("${c}", "${a}")]
    [InlineData("${unknown}", "${unknown}")]
    public void Each_reference_is_replaced_once(string text, string expected)
    {
        var values = new Dictionary<string, string>
        {
            ["a"] = "1",
            ["b"] = "2",
            ["c"] = "${a}",
        };

        Assert.Equal(expected, TextTemplate.Parse(text).Expand(values.GetValueOrDefault));
    }

    [Theory]
    [InlineData("ab${c", 2)]
    [InlineData("${a}${}", 4)]
    [InlineData("${ }", 0)]
    public void A_broken_reference_is_reported_with_its_place(string text, int offset) =>
        Assert.Equal(offset, TextTemplate.Parse(text).Error?.Offset);

    [Fact]
    public void A_text_that_is_escaped_comes_back() =>
        Prop.ForAll(
                Gen.Elements("$", "{", "}", "a", "/").ListOf().Select(string.Concat).ToArbitrary(),
                text => TextTemplate.Parse(text.Replace("${", "$${")).Expand(_ => null) == text
            )
            .QuickCheckThrowOnFailure();
}
