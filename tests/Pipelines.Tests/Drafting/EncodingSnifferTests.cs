using System.Text;
using ServerlessHub.Pipelines.Drafting;

namespace ServerlessHub.Pipelines.Tests.Drafting;

public sealed class EncodingSnifferTests
{
    private const string Text = "id;name\n1;Zoë Müller\n2;Renée – “Ça va”\n";

    static EncodingSnifferTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("utf-8", "UTF-8")]
    [InlineData("utf-16", "UTF-16LE")]
    [InlineData("utf-16BE", "UTF-16BE")]
    [InlineData("windows-1252", "windows-1252")]
    public void A_text_is_decoded_as_it_was_written(string written, string guessed)
    {
        var bytes = Encoding.GetEncoding(written).GetBytes(Text);

        Assert.Equal(guessed, EncodingSniffer.Sniff(bytes).Value);
        Assert.Equal(Text, EncodingSniffer.Decode(bytes, guessed));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_byte_order_mark_makes_it_certain_and_is_no_part_of_the_text(string written)
    {
        var encoding = Encoding.GetEncoding(written);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)];

        var guess = EncodingSniffer.Sniff(bytes);

        Assert.Equal(1, guess.Confidence);
        Assert.Equal(Text, EncodingSniffer.Decode(bytes, guess.Value));
    }

    [Fact]
    public void Letters_that_only_Latin_1_has_are_a_guess_that_says_so()
    {
        var guess = EncodingSniffer.Sniff(Encoding.Latin1.GetBytes("Zoë Müller"));

        Assert.Equal("ISO-8859-1", guess.Value);
        Assert.True(guess.Confidence < 0.9);
    }

    [Fact]
    public void A_character_that_the_sample_cuts_does_not_make_it_another_encoding()
    {
        var bytes = Encoding.UTF8.GetBytes("grüße €");

        for (var length = 1; length <= bytes.Length; length++)
            Assert.Equal("UTF-8", EncodingSniffer.Sniff(bytes.AsSpan(0, length)).Value);
    }
}
