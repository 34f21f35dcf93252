using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Drafting;

namespace ServerlessHub.Pipelines.Tests.Drafting;

public sealed class CsvSnifferTests
{
    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void The_delimiter_is_the_one_that_splits_all_lines_alike(char delimiter)
    {
        var dialect = Sniff(
            $"id{delimiter}name{delimiter}born\n1{delimiter}Ada{delimiter}1815-12-10\n2{delimiter}Alan{delimiter}1912-06-23\n"
        );

        Assert.Equal(delimiter, dialect.Delimiter.Value);
        Assert.True(dialect.Delimiter.Confidence > 0.95);
        Assert.True(dialect.Header.Value);
        Assert.Equal(["id", "name", "born"], dialect.Columns);
        Assert.Equal(2, dialect.Records.Count);
    }

    [Fact]
    public void Decimal_commas_do_not_hide_a_semicolon()
    {
        Assert.Equal(';', Sniff("name;price\nA;1,50\nB;2,25\nC;3,75\n").Delimiter.Value);
    }

    [Fact]
    public void Delimiters_and_line_ends_inside_quotes_are_data()
    {
        var dialect = Sniff("id,note\n1,\"a, b; c\nd \"\"e\"\"\"\n2,plain\n");

        Assert.Equal(',', dialect.Delimiter.Value);
        Assert.Equal("a, b; c\nd \"e\"", dialect.Records[0][1]);
        Assert.Equal(2, dialect.Records.Count);
    }

    [Fact]
    public void Fields_in_single_quotes_are_noticed()
    {
        var dialect = Sniff("id,name\n1,'Ada, L.'\n2,'Alan'\n3,'Grace'\n");

        Assert.Equal('\'', dialect.Quote.Value);
        Assert.Equal("Ada, L.", dialect.Records[0][1]);
    }

    [Fact]
    public void A_first_line_with_numbers_is_no_header()
    {
        var dialect = Sniff("1,Ada\n2,Alan\n");

        Assert.False(dialect.Header.Value);
        Assert.Equal(["column_1", "column_2"], dialect.Columns);
        Assert.Equal(2, dialect.Records.Count);
    }

    [Fact]
    public void Names_above_nothing_but_text_are_a_less_certain_header()
    {
        var certain = Sniff("id,name\n1,Ada\n2,Alan\n");
        var likely = Sniff("first,second\nAda,Lovelace\nAlan,Turing\n");

        Assert.True(likely.Header.Value);
        Assert.True(likely.Header.Confidence < certain.Header.Confidence);
    }

    [Fact]
    public void A_few_broken_lines_lower_the_confidence_but_not_the_guess()
    {
        var lines = Enumerable.Range(1, 20).Select(i => i % 10 == 0 ? $"{i};broken" : $"{i};a;b").Prepend("id;x;y");

        var dialect = Sniff(string.Join('\n', lines));

        Assert.Equal(';', dialect.Delimiter.Value);
        Assert.InRange(dialect.Delimiter.Confidence, 0.8, 0.95);
    }

    [Fact]
    public void A_line_that_the_sample_cuts_does_not_count()
    {
        Assert.Equal(2, CsvText.Records("a,b\n1,2\n3", ',', '"', 10, isWhole: false).Count);
        Assert.Equal(3, CsvText.Records("a,b\n1,2\n3", ',', '"', 10, isWhole: true).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    public void An_empty_file_has_no_dialect(string text) => Assert.Null(CsvSniffer.Sniff(text, isWhole: true));

    [Fact]
    public void Any_fields_written_with_quotes_are_read_back()
    {
        var field = Gen.Elements("", "a", "b c", "1.5", "x,y", "q\"q", "two\nlines", "é", "'");
        var records = field.ArrayOf(3).NonEmptyListOf();
        Prop.ForAll(
                records.ToArbitrary(),
                written =>
                {
                    var text = string.Join(
                        '\n',
                        written.Select(r => string.Join(',', r.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")))
                    );
                    Assert.Equal(written, CsvText.Records(text, ',', '"', int.MaxValue, isWhole: true));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static CsvDialect Sniff(string text) => CsvSniffer.Sniff(text, isWhole: true)!;
}
