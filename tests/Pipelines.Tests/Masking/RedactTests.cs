using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public class RedactTests
{
    private static string? Redact(string value, int keepLast)
    {
        using var mask = Mask.Create(MaskStrategy.Redact, null, new MaskOptions { KeepLast = keepLast });
        return mask.Apply(value);
    }

    [Theory]
    [InlineData("123-45-6789", 0, "***")]
    [InlineData("123-45-6789", 4, "***6789")]
    [InlineData("", 0, "***")]
    [InlineData("", 4, "***")]
    [InlineData("Łódź", 2, "***dź")]
    [InlineData("line\r\n", 1, "***\r\n")]
    public void The_last_characters_are_kept_after_a_fixed_text(string value, int keepLast, string expected) =>
        Assert.Equal(expected, Redact(value, keepLast));

    [Theory]
    [InlineData("1234")]
    [InlineData("123")]
    [InlineData("é字🙂")]
    [InlineData("e\u0301e\u0301e\u0301e\u0301")]
    public void A_value_that_would_be_kept_whole_is_not_kept_at_all(string value) => Assert.Equal("***", Redact(value, 4));

    [Theory]
    [InlineData("to 👨‍👩‍👧‍👦", "***👨‍👩‍👧‍👦")]
    [InlineData("caf" + "e\u0301", "***e\u0301")]
    [InlineData("go 🇫🇷", "***🇫🇷")]
    public void What_a_reader_takes_for_one_character_is_never_cut(string value, string expected) =>
        Assert.Equal(expected, Redact(value, 1));

    [Fact]
    public void What_is_kept_is_the_end_of_the_value() =>
        Prop.ForAll(
                Samples.AnyText.ToArbitrary(),
                Gen.Choose(0, 6).ToArbitrary(),
                (text, keepLast) =>
                {
                    var redacted = Redact(text, keepLast)!;
                    return redacted.StartsWith("***", StringComparison.Ordinal)
                        && text.EndsWith(redacted[3..], StringComparison.Ordinal)
                        && new System.Globalization.StringInfo(redacted[3..]).LengthInTextElements <= keepLast;
                }
            )
            .QuickCheckThrowOnFailure();
}
