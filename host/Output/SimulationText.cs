namespace ServerlessHub.Host.Output;

/// <summary>How a simulation is shown to a person: what would run when, then how each node and the job would end.</summary>
internal static class SimulationText
{
    /// <summary>Writes it.</summary>
    public static void Write(Terminal terminal, SimulationOutput simulation)
    {
        terminal.Line($"[bold]{simulation.Job}[/]  [dim]nothing is run[/]");
        terminal.WriteLine();
        foreach (var together in simulation.Steps.GroupBy(s => s.Round))
        foreach (var (step, i) in together.Select((s, i) => (s, i)))
        {
            var round = i == 0 ? $"{step.Round}." : "";
            if (Result(step) is { } result)
                terminal.Line($"  {round, 4} {Name(step)}  [dim]{result}[/]");
            else
                terminal.Line($"  {round, 4} {Name(step)}");
        }
        terminal.WriteLine();
        terminal.Write(
            new Grid(
                [new("node"), new("ends"), new("because of")],
                [.. simulation.Nodes.Select(n => (string[])[n.Node, Words(n.Status), n.Because ?? ""])]
            )
        );
        terminal.WriteLine();
        terminal.Line($"the job ends [bold]{simulation.Status}[/]");
    }

    private static string Name(SimulatedStepOutput step) =>
        step.IsFallback ? $"{step.Node}, its fallback"
        : step.Attempt > 1 ? $"{step.Node}, attempt {step.Attempt}"
        : step.Node;

    private static string? Result(SimulatedStepOutput step) =>
        step.Result switch
        {
            "Succeeded" => null,
            "LeftOut" => "its condition is not true",
            "FailedTransiently" => "fails in a way that may pass",
            _ => "fails",
        };

    private static string Words(string status) => status == "NotStarted" ? "not started" : status.ToLowerInvariant();
}
