using System.Globalization;
using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.BZip2;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Connectors.Csv;

namespace ServerlessHub.Pipelines.Tests.Connectors;

public sealed class CsvReadingTests : IDisposable
{
    private static readonly Column Id = new("id", LogicalType.Integer);
    private static readonly Column Text = new("name", LogicalType.Varchar);
    private readonly CsvRead csv = new();

    public void Dispose() => csv.Dispose();

    [Fact]
    public void An_empty_field_is_null_and_empty_quotes_are_the_empty_string() =>
        Assert.Equal(
            [
                [1, null],
                [2, ""],
                [3, " "],
            ],
            csv.Rows("id,name\n1,\n2,\"\"\n3, \n", Id, Text)
        );

    [Fact]
    public void For_a_type_other_than_string_both_are_null() =>
        Assert.Equal(
            [
                [null, "a"],
                [null, "b"],
            ],
            csv.Rows("id,name\n,a\n\"\",b\n", Id, Text)
        );

    [Fact]
    public void An_unquoted_field_equal_to_the_null_value_is_null()
    {
        csv.Format = csv.Format with { Null = "NA"u8.ToArray() };
        Assert.Equal(
            [
                [null, null],
                [1, "NA"],
                [2, null],
                [3, "na"],
            ],
            csv.Rows("id,name\nNA,NA\n1,\"NA\"\n2,\n3,na\n", Id, Text)
        );
    }

    [Fact]
    public void Nothing_is_trimmed() =>
        Assert.Equal(
            [
                [1, " a "],
                [2, "\tb"],
            ],
            csv.Rows("id,name\n1, a \n2,\tb\n", Id, Text)
        );

    [Fact]
    public void A_byte_order_mark_is_skipped() =>
        Assert.Equal(
            [
                ["x"],
            ],
            csv.Rows("\uFEFFname\nx\n", Text)
        );

    [Fact]
    public void A_byte_order_mark_before_a_quote_is_skipped_without_a_header_too()
    {
        csv.Format = csv.Format with { HasHeader = false };
        Assert.Equal(
            [
                ["a,b"],
            ],
            csv.Rows("\uFEFF\"a,b\"\n", Text)
        );
    }

    [Fact]
    public void A_line_end_inside_quotes_is_data() =>
        Assert.Equal(
            [
                [1, "a\nb"],
                [2, "c\r\nd"],
                [3, "e\rf"],
            ],
            csv.Rows("id,name\r\n1,\"a\nb\"\r\n2,\"c\r\nd\"\n3,\"e\rf\"\n", Id, Text)
        );

    [Theory]
    [InlineData("id,name\n1,a\n2,b\n")]
    [InlineData("id,name\n1,a\n2,b")]
    [InlineData("id,name\r\n1,a\r\n2,b\r\n")]
    [InlineData("id,name\r1,a\r2,b\r")]
    [InlineData("id,name\r\n1,a\n2,b\r")]
    [InlineData("id,name\n\n1,a\n\n\n2,b\n\n")]
    public void Every_line_end_ends_a_record_and_an_empty_line_is_none(string content) =>
        Assert.Equal(
            [
                [1, "a"],
                [2, "b"],
            ],
            csv.Rows(content, Id, Text)
        );

    [Fact]
    public void An_empty_line_of_a_single_column_is_null() =>
        Assert.Equal(
            [
                ["a"],
                [null],
                [""],
                ["b"],
            ],
            csv.Rows("name\na\n\n\"\"\nb\n", Text)
        );

    [Theory]
    [InlineData("")]
    [InlineData("id,name")]
    [InlineData("id,name\n")]
    [InlineData("\"a\nb\",name\r\n")]
    public void A_file_without_records_has_no_rows(string content) => Assert.Empty(csv.Rows(content, Id, Text));

    [Fact]
    public void Quotes_are_doubled_and_a_quote_within_a_field_is_data() =>
        Assert.Equal(
            [
                ["say \"hi\""],
                ["5\" pipe"],
                ["\""],
            ],
            csv.Rows("name\n\"say \"\"hi\"\"\"\n5\" pipe\n\"\"\"\"\n", Text)
        );

    [Fact]
    public void An_escape_of_its_own_stands_before_quotes_and_before_itself()
    {
        csv.Format = csv.Format with { Escape = (byte)'\\' };
        Assert.Equal(
            [
                ["a\"b"],
                ["c\\"],
                ["d\\n"],
                ["\\"],
            ],
            csv.Rows("name\n\"a\\\"b\"\n\"c\\\\\"\n\"d\\n\"\n\\\n", Text)
        );
    }

    [Fact]
    public void Delimiter_and_quote_are_what_they_are_said_to_be()
    {
        csv.Format = csv.Format with { Delimiter = (byte)'\t', Quote = (byte)'\'', Escape = (byte)'\'' };
        Assert.Equal(
            [
                [1, "a\tb"],
                [2, "\"c\""],
            ],
            csv.Rows("id\tname\n1\t'a\tb'\n2\t\"c\"\n", Id, Text)
        );
    }

    [Theory]
    [InlineData("1\n", "1 field where 2 are expected")]
    [InlineData("1,a,b\n", "3 fields where 2 are expected")]
    [InlineData("1,a,\n", "3 fields where 2 are expected")]
    [InlineData("x,a\n", "column 'id' holds 'x', which is no INTEGER")]
    [InlineData("1.5,a\n", "column 'id' holds '1.5', which is no INTEGER")]
    [InlineData("2147483648,a\n", "column 'id' holds '2147483648', which is no INTEGER")]
    [InlineData("\"1\"x,a\n", "text stands behind the closing quote of field 1")]
    [InlineData("1,\"a\n", "a quote is not closed")]
    public void A_bad_row_fails_the_run_with_file_line_and_reason(string record, string reason)
    {
        var e = Fails(() => csv.Rows("id,name\n0,\"two\nlines\"\n" + record, Id, Text));
        Assert.Equal($"file.csv:4: {reason}", e.Message);
        Assert.NotNull(e.Hint);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_make_a_bad_row()
    {
        csv.OnBadRow = OnBadRow.Quarantine;
        Assert.Equal(
            [
                [1, "ä"],
                [3, "c"],
            ],
            csv.Rows([.. "id,name\n1,ä\n2,"u8, 0xFF, .. "b\n3,c\n"u8], Id, Text)
        );
        Assert.Equal(
            [
                [3L, "2,\uFFFDb", "its bytes are not UTF-8"],
            ],
            csv.Rejected
        );
    }

    [Fact]
    public void Bad_rows_are_skipped_or_kept_with_their_line_text_and_reason()
    {
        const string content = "id,name\n1,a\nx,\"b\nc\"\n2\n\"3\",\"d\"\"\"\n,e,f\n4,g\n";
        csv.OnBadRow = OnBadRow.Skip;
        Assert.Equal(
            [
                [1, "a"],
                [3, "d\""],
                [4, "g"],
            ],
            csv.Rows(content, Id, Text)
        );
        Assert.Empty(csv.Rejected);
        csv.OnBadRow = OnBadRow.Quarantine;
        Assert.Equal(
            [
                [1, "a"],
                [3, "d\""],
                [4, "g"],
            ],
            csv.Rows(content, Id, Text)
        );
        Assert.Equal(
            [
                [3L, "x,\"b\nc\"", "column 'id' holds 'x', which is no INTEGER"],
                [5L, "2", "1 field where 2 are expected"],
                [7L, ",e,f", "3 fields where 2 are expected"],
            ],
            csv.Rejected
        );
    }

    [Fact]
    public void Bad_rows_among_many_leave_the_others_as_they_are()
    {
        var content = new StringBuilder("id,name\n");
        for (var i = 0; i < 20_000; i++)
            content.Append(CultureInfo.InvariantCulture, $"{(i % 7 == 3 ? "x" : i % 5 == 0 ? "" : i)},{(i % 3 == 0 ? "" : $"name {i}")}\n");
        csv.OnBadRow = OnBadRow.Skip;
        var expected = Enumerable
            .Range(0, 20_000)
            .Where(i => i % 7 != 3)
            .Select(i => new object?[] { i % 5 == 0 ? null : i, i % 3 == 0 ? null : $"name {i}" });
        Assert.Equal(expected, csv.Rows(content.ToString(), Id, Text));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("iso-8859-1")]
    [InlineData("windows-1252")]
    public void Another_encoding_is_turned_to_UTF_8(string name)
    {
        var encoding = CsvEncoding.Find(name)!;
        csv.Encoding = encoding;
        Assert.Equal(
            [
                [1, "Zürich"],
            ],
            csv.Rows([.. encoding.GetPreamble(), .. encoding.GetBytes("id,name\n1,Zürich\n")], Id, Text)
        );
    }

    [Fact]
    public void Bytes_that_are_not_of_the_encoding_fail_the_run()
    {
        csv.Encoding = CsvEncoding.Find("us-ascii");
        Assert.Contains("not in the encoding", Fails(() => csv.Rows("id,name\n1,ä\n", Id, Text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UTF_16_that_was_not_announced_is_recognised()
    {
        var e = Fails(() => csv.Rows([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("id\n1\n")], Id));
        Assert.Equal(("file.csv is not UTF-8 but UTF-16", "set encoding=\"UTF-16\""), (e.Message, e.Hint));
    }

    [Theory]
    [InlineData("file.csv.gz")]
    [InlineData("file.csv.BZ2")]
    [InlineData("file.csv.snappy")]
    public void A_packed_file_is_known_by_its_ending(string name)
    {
        csv.Name = name;
        Assert.Equal(
            [
                [1, "a"],
            ],
            csv.Rows(Pack(name, "id,name\n1,a\n"u8), Id, Text)
        );
        Assert.Contains("is damaged", Fails(() => csv.Rows("id,name\n1,a\n", Id, Text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_longer_than_a_block_are_read()
    {
        var text = string.Concat(Enumerable.Repeat("a \"quoted\" line,\r\n", 200_000));
        var content = $"id,name\n1,x\n2,\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n3,y\n";
        Assert.Equal(
            [
                [1, "x"],
                [2, text],
                [3, "y"],
            ],
            csv.Rows(content, Id, Text)
        );
    }

    [Fact]
    public void Blocks_are_cut_between_records_wherever_they_fall()
    {
        // 7 bytes a record, so that line ends and quotes fall on every place of a block's end.
        var content =
            "n\r\n" + string.Concat(Enumerable.Repeat("\"a\"\"\"\r\n", 400_001)) + string.Concat(Enumerable.Repeat("\"\r\n\"\n", 300_000));
        var rows = csv.Rows(content, Text);
        Assert.Equal(700_001, rows.Count);
        Assert.All(rows.Take(400_001), r => Assert.Equal("a\"", r[0]));
        Assert.All(rows.Skip(400_001), r => Assert.Equal("\r\n", r[0]));
    }

    private static byte[] Pack(string name, ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (
            Stream stream =
                name.EndsWith("gz", StringComparison.Ordinal) ? new GZipStream(packed, CompressionMode.Compress)
                : name.EndsWith("BZ2", StringComparison.Ordinal) ? new BZip2OutputStream(packed)
                : IronSnappy.Snappy.OpenWriter(packed)
        )
            stream.Write(content);
        return packed.ToArray();
    }

    private static RunException Fails(Action read) => Assert.IsType<RunException>(Assert.Throws<EngineException>(read).InnerException);
}
