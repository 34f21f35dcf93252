using ServerlessHub.Host.Cases;

namespace ServerlessHub.Host.Output;

/// <summary>How the results of cases are shown to a person.</summary>
internal static class CaseText
{
    private const int RowsShown = 10;

    /// <summary>Writes the result of a case: a line, and how it differs.</summary>
    public static void Write(Terminal terminal, CaseResult result)
    {
        var time = Quantity.Duration(TimeSpan.FromSeconds(result.Seconds));
        if (result.Passed)
            terminal.Line($"[green]✓[/] {result.Name}  [dim]{time}[/]");
        else
            terminal.Line($"[red]✗[/] [bold]{result.Name}[/]  [dim]{time}[/]");
        foreach (var difference in result.Differences)
            Write(terminal, difference);
    }

    private static void Write(Terminal terminal, CaseDifference difference)
    {
        terminal.Line($"    [bold]{difference.Output}[/]: {difference.Problem.ReplaceLineEndings("\n      ")}");
        if (difference is not { Rows: { } rows, Columns: { } columns } || rows.FirstOutOfOrder is not null)
            return;
        var shown = rows
            .Changed.Take(RowsShown)
            .SelectMany(c => Changed(c))
            .Concat(rows.Missing.Take(RowsShown).Select(r => ("- missing", r)))
            .Concat(rows.Extra.Take(RowsShown).Select(r => ("+ extra", r)))
            .Select(r => r.Item2.Select(v => v ?? "∅").Prepend(r.Item1).ToArray())
            .ToList();
        var grid = new Grid([new GridColumn(""), .. columns.Select(c => new GridColumn(c))], shown);
        foreach (var line in grid.Lines(terminal.Width - 6))
            WriteRow(terminal, line);
        var more =
            Math.Max(0, rows.Changed.Count - RowsShown)
            + Math.Max(0, rows.Missing.Count - RowsShown)
            + Math.Max(0, rows.Extra.Count - RowsShown);
        if (more > 0)
            terminal.Line($"      [dim]… and {more} more; --json shows all[/]");
    }

    private static void WriteRow(Terminal terminal, string line)
    {
        switch (line[0])
        {
            case '-':
                terminal.Line($"      [red]{line}[/]");
                break;
            case '+':
                terminal.Line($"      [green]{line}[/]");
                break;
            case '~':
                terminal.Line($"      [yellow]{line}[/]");
                break;
            default:
                terminal.Line($"      {line}");
                break;
        }
    }

    /// <summary>The row that was expected, and below it only what came instead.</summary>
    private static IEnumerable<(string, string?[])> Changed(ChangedRow row)
    {
        yield return ("~ expected", row.Expected);
        yield return ("~      got", [.. row.Actual.Select((v, i) => row.Cells.Contains(i) ? v ?? "∅" : "·")]);
    }
}
