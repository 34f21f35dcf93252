using ServerlessHub.Api.Documents;

namespace ServerlessHub.Host.Output;

/// <summary>How the proof of a stream is shown to a person.</summary>
internal static class StreamVerificationText
{
    /// <summary>Writes what was looked at, table by table, and what was found.</summary>
    public static void Write(Terminal terminal, StreamVerificationOutput verification)
    {
        if (verification.Checks.Count == 0)
        {
            terminal.WriteLine($"{verification.Stream} has read nothing yet");
            return;
        }
        foreach (var table in verification.Checks.GroupBy(c => (c.Phase, c.Table)))
        {
            terminal.Line($"[bold]{table.Key.Phase}[/]  {table.Key.Table}");
            foreach (var check in table)
            {
                var what = check.Partition is { } partition ? $"{partition}: {check.What}" : check.What;
                if (check.IsProven)
                    terminal.Line($"  [green]✓[/] {what}  [dim]{check.Detail}[/]");
                else
                    terminal.Line($"  [red]✗[/] {what}  {check.Detail}");
            }
        }
        terminal.WriteLine();
        var wrong = verification.Checks.Count(c => !c.IsProven);
        if (wrong == 0)
            terminal.Line($"[green bold]proven[/]  {verification.Checks.Count} checks");
        else
            terminal.Line($"[red bold]not proven[/]  {wrong} of {verification.Checks.Count} checks");
    }
}
