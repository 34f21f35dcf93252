using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Host.Tests.Output;

public sealed class DiagnosticTextTests
{
    private const string Document = "<pipeline>\n\t<sort source=\"custmer\" orderBy=\"id\"/>\r\n</pipeline>\n";

    [Fact]
    public void The_mark_stands_below_the_word_that_is_wrong()
    {
        var excerpt = DiagnosticText.Excerpt(new SourceLocation("p.xml", 2, 16), Document, 80);

        Assert.Equal("<sort source=\"custmer\" orderBy=\"id\"/>", excerpt!.Value.Line);
        Assert.Equal("              ^^^^^^^", excerpt.Value.Mark);
    }

    [Fact]
    public void A_line_that_is_too_long_is_cut_around_the_place()
    {
        var line = new string('a', 200) + " wrong " + new string('b', 200);

        var (shown, mark) = DiagnosticText.Excerpt(new SourceLocation("p.xml", 1, 202), line, 40)!.Value;

        Assert.Equal(40, shown.Length);
        Assert.Equal("wrong", shown.Substring(mark.IndexOf('^'), mark.Count(c => c == '^')));
    }

    [Fact]
    public void A_place_behind_the_end_of_its_line_is_marked_there()
    {
        var excerpt = DiagnosticText.Excerpt(new SourceLocation("p.xml", 1, 99), Document, 80);

        Assert.Equal(("<pipeline>", "          ^"), excerpt);
    }

    [Fact]
    public void A_finding_about_a_whole_file_has_no_excerpt()
    {
        Assert.Null(DiagnosticText.Excerpt(new SourceLocation("p.xml", 0, 0), Document, 80));
        Assert.Null(DiagnosticText.Excerpt(new SourceLocation("p.xml", 9, 1), Document, 80));
    }

    [Fact]
    public void A_program_gets_the_form_that_compilers_use()
    {
        using var terminal = new RecordedTerminal();
        var finding = new Diagnostic(
            Rule.UnknownDataset,
            new SourceLocation("p.xml", 2, 16),
            "unknown dataset 'custmer'",
            "did you mean 'customer'?"
        );

        DiagnosticText.Write(terminal.Terminal, [finding], _ => Document);

        Assert.Equal("p.xml:2:16: error HUB2001: unknown dataset 'custmer'; did you mean 'customer'?\n", terminal.Output);
    }

    [Fact]
    public void A_person_gets_the_line_and_what_to_do()
    {
        using var terminal = new RecordedTerminal(isPerson: true);
        var finding = new Diagnostic(
            Rule.UnknownDataset,
            new SourceLocation("p.xml", 2, 16),
            "unknown dataset '[custmer]'",
            "did you mean 'customer'?"
        );

        DiagnosticText.Write(terminal.Terminal, [finding], _ => Document);

        Assert.Equal(
            """
            error HUB2001 unknown dataset '[custmer]'
              p.xml:2:16
              2 │ <sort source="custmer" orderBy="id"/>
                │               ^^^^^^^
              → did you mean 'customer'?


            """,
            terminal.Output
        );
    }
}
