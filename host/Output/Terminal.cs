using System.Globalization;
using System.Text;
using Spectre.Console;

namespace ServerlessHub.Host.Output;

/// <summary>
/// Where a command writes: results to standard output, errors and progress to standard error. Where nobody looks (a pipe, a file, CI) there are no
/// colours and nothing moves; NO_COLOR is honoured.
/// </summary>
internal sealed class Terminal
{
    // What a log or another program takes is wider than a screen.
    private const int DefaultWidth = 160;
    private IAnsiConsole? screen;
    private IAnsiConsole? errorScreen;

    /// <summary>The process's own output, or what stands for it.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Errors and progress.</param>
    /// <param name="isPerson">Whether a person sees the results as they are written.</param>
    /// <param name="isErrorPerson">Whether a person sees errors and progress as they are written.</param>
    public Terminal(TextWriter output, TextWriter error, bool isPerson, bool isErrorPerson) =>
        (Output, Error, IsPerson, IsErrorPerson) = (output, error, isPerson, isErrorPerson);

    /// <summary>Standard output, buffered until the command ends or a line is shown.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether a person sees the results as they are written.</summary>
    public bool IsPerson { get; }

    /// <summary>Whether a person sees errors and progress as they are written.</summary>
    public bool IsErrorPerson { get; }

    /// <summary>Standard output for what is laid out: tables, trees, colours.</summary>
    public IAnsiConsole Screen => screen ??= CreateScreen(Output, IsPerson);

    /// <summary>Standard error for what is laid out: progress bars, coloured errors.</summary>
    public IAnsiConsole ErrorScreen => errorScreen ??= CreateScreen(Error, IsErrorPerson);

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (OperatingSystem.IsWindows())
            Console.OutputEncoding = utf8;
        var output = Console.IsOutputRedirected ? new StreamWriter(Console.OpenStandardOutput(), utf8, 1 << 15) : Console.Out;
        return new Terminal(output, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
    }

    /// <summary>Writes a line of results.</summary>
    public void WriteLine(string line = "") => Output.WriteLine(line);

    /// <summary>How many characters a line of results has room for.</summary>
    public int Width => Screen.Profile.Width;

    /// <summary>Writes a line of results with Spectre's markup in it; what is interpolated is text. Where nobody looks the markup is left out, and nothing is wrapped.</summary>
    public void Line(FormattableString markup) => WriteMarkup(IsPerson ? Screen : null, Output, markup);

    /// <summary>As <see cref="Line"/>, to standard error.</summary>
    public void ErrorLine(FormattableString markup) => WriteMarkup(IsErrorPerson ? ErrorScreen : null, Error, markup);

    /// <summary>Writes rows in columns, as wide as there is room.</summary>
    public void Write(Grid grid)
    {
        var width = Screen.Profile.Width;
        var heading = grid.Heading(width);
        foreach (var line in heading.SkipLast(1))
            Line($"[bold]{line}[/]");
        WriteLine(heading[^1]);
        foreach (var line in grid.Body(width))
            WriteLine(line);
    }

    private static void WriteMarkup(IAnsiConsole? screen, TextWriter writer, FormattableString markup)
    {
        if (screen is not null)
            screen.MarkupLineInterpolated(markup);
        else
            writer.WriteLine(string.Format(CultureInfo.InvariantCulture, Markup.Remove(markup.Format), markup.GetArguments()));
    }

    private static IAnsiConsole CreateScreen(TextWriter writer, bool isPerson)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isPerson ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = isPerson ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = isPerson ? InteractionSupport.Detect : InteractionSupport.No,
            }
        );
        // What goes to a file or another program is laid out the same everywhere.
        if (!isPerson)
            console.Profile.Width =
                int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0 ? columns : DefaultWidth;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
