using System.Text;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class DocumentTextTests
{
    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-32", true)]
    [InlineData("iso-8859-1", false)]
    public void A_document_is_read_in_the_encoding_it_has(string encoding, bool withMark)
    {
        var text = $"<?xml version=\"1.0\" encoding=\"{encoding}\"?><a>Zürich</a>";
        var e = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. withMark ? e.GetPreamble() : [], .. e.GetBytes(text)];

        var (read, findings) = Read(bytes);

        Assert.Empty(findings);
        Assert.Equal(text, read);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_reported_with_their_place()
    {
        var (read, findings) = Read([.. "<a>\nb"u8, 0xFC, .. "c</a>"u8]);

        Assert.Null(read);
        var finding = Assert.Single(findings);
        Assert.Equal(
            "p.xml:2:2: error HUB1001: the byte 0xFC is no UTF-8 text; save the file as UTF-8, or name its encoding in the XML declaration",
            $"{finding}"
        );
    }

    [Fact]
    public void An_unknown_encoding_is_reported()
    {
        var (read, findings) = Read("<?xml version='1.0' encoding='klingon'?><a/>"u8.ToArray());

        Assert.Null(read);
        Assert.Equal(
            "p.xml:1:31: error HUB1001: the encoding 'klingon' is not known; save the file as UTF-8",
            Assert.Single(findings).ToString()
        );
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_document_over_the_size_is_refused(int length, bool isRead)
    {
        var findings = new Diagnostics();
        var read = DocumentText.Read(new string(' ', length).Select(c => (byte)c).ToArray(), "p.xml", findings, new DocumentLimits(100));

        Assert.Equal(isRead, read is not null);
        Assert.Equal(!isRead, findings.Any(f => f.Rule == Rule.DocumentTooLarge));
    }

    private static (string? Text, Diagnostics Findings) Read(byte[] bytes)
    {
        var findings = new Diagnostics();
        return (DocumentText.Read(bytes, "p.xml", findings), findings);
    }
}
