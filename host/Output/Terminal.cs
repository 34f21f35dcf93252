using System.Text;
using Spectre.Console;

namespace ServerlessHub.Host.Output;

/// <summary>
/// Where a command writes: results to standard output, errors and progress to standard error. Where nobody looks (a pipe, a file, CI) there are no
/// colours and nothing moves; NO_COLOR is honoured.
/// </summary>
internal sealed class Terminal
{
    private const int DefaultWidth = 80;
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
