using ServerlessHub.Pipelines.Definitions;
using Spectre.Console;

namespace ServerlessHub.Host.Output;

/// <summary>
/// How findings are shown: to a person with the line of the document and a mark below the place, to a program in the one-line form that compilers
/// use.
/// </summary>
internal static class DiagnosticText
{
    private const int TabWidth = 4;

    /// <summary>Writes findings.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="textOf">The text of a file by the name that locations give it, or null where it cannot be read.</param>
    /// <param name="toError">Whether they go to standard error, since they explain why something else was not done.</param>
    public static void Write(Terminal terminal, IEnumerable<Diagnostic> findings, Func<string, string?> textOf, bool toError = false)
    {
        var screen = toError ? terminal.ErrorScreen : terminal.Screen;
        foreach (var finding in findings)
            if (toError ? terminal.IsErrorPerson : terminal.IsPerson)
                WriteForPerson(screen, finding, textOf);
            else
                (toError ? terminal.Error : terminal.Output).WriteLine(finding.ToString());
    }

    /// <summary>The line a finding points at, made to fit, with a mark below the place; null when it points at no line.</summary>
    /// <param name="location">Where the finding is.</param>
    /// <param name="text">The text of its file.</param>
    /// <param name="width">How many characters there is room for.</param>
    public static (string Line, string Mark)? Excerpt(SourceLocation location, string text, int width)
    {
        if (location.Line == 0 || text.Split('\n').ElementAtOrDefault(location.Line - 1)?.TrimEnd('\r') is not { } raw)
            return null;
        var column = Math.Clamp(location.Column - 1, 0, raw.Length);
        var length = MarkLength(raw, column);
        var line = raw.Replace("\t", new string(' ', TabWidth), StringComparison.Ordinal);
        column += raw[..column].Count(c => c == '\t') * (TabWidth - 1);
        var indent = line.Length - line.TrimStart().Length;
        var start = Math.Min(indent, column);
        // A line that is too long is cut around the place.
        if (column + length - start > width)
            start = Math.Max(start, column - (width / 2));
        var shown = line[start..Math.Min(line.Length, start + width)];
        return (shown, new string(' ', column - start) + new string('^', Math.Max(1, Math.Min(length, width - (column - start)))));
    }

    private static void WriteForPerson(IAnsiConsole screen, Diagnostic finding, Func<string, string?> textOf)
    {
        var color = finding.Severity switch
        {
            Severity.Error => "red",
            Severity.Warning => "yellow",
            _ => "blue",
        };
        var severity = finding.Severity.ToString().ToLowerInvariant();
        screen.MarkupLineInterpolated($"[{color} bold]{severity}[/] [dim]{finding.Rule.Id}[/] [bold]{finding.Message}[/]");
        screen.MarkupLineInterpolated($"  {finding.Location.ToString()}");
        var number = finding.Location.Line.ToString();
        if (
            textOf(finding.Location.File) is { } text
            && Excerpt(finding.Location, text, screen.Profile.Width - number.Length - 5) is var (line, mark)
        )
        {
            screen.MarkupLineInterpolated($"  [dim]{number} │[/] {line}");
            screen.MarkupLineInterpolated($"  [dim]{new string(' ', number.Length)} │[/] [{color}]{mark}[/]");
        }
        if (finding.Hint is not null)
            screen.MarkupLineInterpolated($"  [green]→[/] {finding.Hint}");
        screen.WriteLine();
    }

    /// <summary>As far as the word at the place goes: a name, or the value up to its quote.</summary>
    private static int MarkLength(string line, int column)
    {
        if (column >= line.Length)
            return 1;
        var end = column + 1;
        while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] is '_' or '-' or '.'))
            end++;
        return end - column;
    }
}
