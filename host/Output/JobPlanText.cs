namespace ServerlessHub.Host.Output;

/// <summary>How a job's plan is shown to a person: the graph from the first nodes down, then what each is given, reads and writes, and the next times.</summary>
internal static class JobPlanText
{
    /// <summary>Writes it.</summary>
    public static void Write(Terminal terminal, JobPlanOutput plan)
    {
        terminal.Line($"[bold]{plan.Job}[/] {plan.Version}");
        terminal.Line($"[dim]{plan.File}[/]");
        terminal.WriteLine();
        WriteGraph(terminal, plan);
        if (plan.MaxParallel is { } most)
            terminal.Line($"  at most {Quantity.Of(most, "node")} at a time");
        if (plan.Concurrency is { } runs)
            terminal.Line($"  at most {Quantity.Of(runs, "run")} of it at a time");
        foreach (var node in plan.Nodes)
            WriteNode(terminal, node);
        if (plan.CriticalPath is { } path)
            terminal.Line($"  [bold]takes[/] {Quantity.Duration(TimeSpan.FromSeconds(path.Seconds))}, by {string.Join(" → ", path.Nodes)}");
        if (plan.Schedule is { } schedule)
            WriteSchedule(terminal, schedule);
    }

    private static void WriteGraph(Terminal terminal, JobPlanOutput plan)
    {
        var nodes = plan.Nodes.ToDictionary(n => n.Id);
        var lines = GraphLanes.Draw([.. plan.Nodes.Select(n => new LaneNode(n.Id, n.DependsOn, Symbol(n)))]);
        var lanes = lines.Max(l => l.Drawing.Length);
        var names = plan.Nodes.Max(n => Grid.CellsOf(n.Id));
        foreach (var (drawing, id) in lines)
            if (id is null)
                terminal.Line($"  {drawing}");
            else
            {
                var name = id + new string(' ', names - Grid.CellsOf(id));
                var room = Math.Max(1, terminal.Width - lanes - names - 6);
                terminal.Line($"  {drawing.PadRight(lanes)}  {name}  [dim]{Grid.Cut(Detail(nodes[id]), room)}[/]");
            }
        terminal.WriteLine();
    }

    private static char Symbol(JobPlanNode node) =>
        node.Kind switch
        {
            "approval" => '◆',
            "job" => '■',
            _ => '●',
        };

    private static string Detail(JobPlanNode node)
    {
        var what =
            node.Kind == "approval"
                ? node.Approvers.Count > 0
                    ? $"approval by {string.Join(", ", node.Approvers)}"
                    : "approval"
                : node.Kind == "job"
                    ? $"job {node.Runs}"
                    : node.Runs!;
        return $"{what}; on failure {node.Policy}";
    }

    private static void WriteNode(Terminal terminal, JobPlanNode node)
    {
        string[] parts =
        [
            node.When is null ? "" : $"runs when {string.Join(' ', node.When.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}",
            node.Timeout is null ? "" : $"{(node.Kind == "approval" ? "waits" : "may take")} {node.Timeout}",
            node.Given.Count == 0 ? "" : $"is given {string.Join(", ", node.Given.Select(g => $"{g.Key}={g.Value}"))}",
            node.Reads.Count == 0 ? "" : $"reads {string.Join(", ", node.Reads)}",
            node.Writes.Count == 0 ? "" : $"writes {string.Join(", ", node.Writes)}",
        ];
        foreach (var part in parts.Where(p => p.Length > 0))
            terminal.Line($"  [bold]{node.Id}[/] {part}");
    }

    private static void WriteSchedule(Terminal terminal, JobPlanSchedule schedule)
    {
        terminal.WriteLine();
        terminal.Line($"[bold]{schedule.Cron}[/] {schedule.TimeZone}  [dim]missed: {schedule.Missed}[/]");
        foreach (var time in schedule.Next)
            terminal.Line($"  {time:ddd yyyy-MM-dd HH:mm zzz}");
        foreach (var note in schedule.Notes)
            terminal.Line($"  [yellow]![/] {note}");
    }
}
