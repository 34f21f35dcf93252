using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Output;

/// <summary>How the undoing of a run is shown to a person.</summary>
internal static class UndoText
{
    /// <summary>Writes what is done to which table, what stays, and why it cannot be done.</summary>
    public static void Write(Terminal terminal, UndoPlan plan)
    {
        var output = UndoOutput.Of(plan, isDone: false);
        if (output.Tables.Count > 0)
            terminal.Write(
                new Grid(
                    [new("table"), new("the run's versions"), new("now", true), new("gets back")],
                    [.. output.Tables.Select(t => new[] { t.Table, string.Join(", ", t.Commits), t.Version.ToString(), Becomes(t) })]
                )
            );
        else if (plan.Refusals.Count == 0)
            terminal.WriteLine("the run wrote no table");
        foreach (var place in plan.Others)
            terminal.Line($"[yellow]stays[/]  {place}");
        foreach (var reader in plan.Readers)
            terminal.Line($"[yellow]stays[/]  what {reader} has made of these rows, which it reads");
        foreach (var refusal in plan.Refusals)
            terminal.ErrorLine($"[red]✗[/] {refusal}");
    }

    private static string Becomes(UndoneTable table) =>
        table.WasDone ? "is undone already"
        : table.RestoresTo is { } version ? $"the rows of version {version}"
        : "no rows, for the run made it";
}
