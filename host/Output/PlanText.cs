namespace ServerlessHub.Host.Output;

/// <summary>How a plan is shown to a person: the graph from sources down to targets, then, where asked, lineage and SQL.</summary>
internal static class PlanText
{
    private const int LeastDetail = 16;

    /// <summary>Writes the graph, and what is read.</summary>
    public static void WriteGraph(Terminal terminal, PlanOutput plan)
    {
        terminal.Line($"[bold]{plan.Pipeline}[/] {plan.Version}");
        terminal.Line($"[dim]{plan.File}[/]");
        terminal.WriteLine();
        var nodes = Nodes(plan).ToDictionary(n => n.Lane.Id);
        var lines = GraphLanes.Draw([.. nodes.Values.Select(n => n.Lane)]);
        var lanes = lines.Max(l => l.Drawing.Length);
        var names = nodes.Values.Max(n => Grid.CellsOf(n.Name));
        var steps = nodes.Values.Max(n => n.Step.Length);
        foreach (var (drawing, id) in lines)
            if (id is null)
                terminal.Line($"  {drawing}");
            else
                WriteNode(terminal, drawing.PadRight(lanes), nodes[id], names, steps);
        terminal.WriteLine();
        foreach (var source in plan.Datasets.Where(d => d.IsSource))
            WriteRead(terminal, source);
        foreach (var dataset in plan.Datasets.Where(d => d.Table is not null))
            terminal.Line($"  [bold]{dataset.Label}[/] becomes a table of its own: {dataset.Table}");
    }

    /// <summary>Writes where each column that is written comes from.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="column">Only this column; null for all.</param>
    public static void WriteLineage(Terminal terminal, PlanOutput plan, string? column)
    {
        foreach (var target in plan.Targets)
        {
            var columns = target.Columns.Where(c => column is null || c.Name.Equals(column, StringComparison.OrdinalIgnoreCase)).ToList();
            if (columns.Count == 0)
                continue;
            terminal.WriteLine();
            terminal.Line($"[green]▶[/] [bold]{target.Name}[/]  {target.Kind}  [dim]{target.Detail}[/]");
            var widest = columns.Max(c => Grid.CellsOf(c.Name));
            foreach (var c in columns)
                WriteColumn(terminal, c, widest);
        }
    }

    /// <summary>Writes the SQL.</summary>
    public static void WriteSql(Terminal terminal, PlanOutput plan)
    {
        foreach (var statement in plan.Statements)
        {
            terminal.WriteLine();
            terminal.Line($"[dim]-- {statement.Kind} {statement.Of}{(statement.Reason is null ? "" : $" ({statement.Reason})")}[/]");
            terminal.WriteLine(statement.Sql);
        }
    }

    private static IEnumerable<Node> Nodes(PlanOutput plan)
    {
        foreach (var d in plan.Datasets)
        {
            yield return new Node(new LaneNode(d.Label, d.Inputs, d.Needed.Count > 0 ? '●' : '○'), d.Label, d.Step, d.Detail);
            // A target stands right below what it writes, so that its lane is short.
            foreach (var t in plan.Targets.Where(t => t.Dataset == d.Label))
                yield return new Node(new LaneNode($"target {t.Name}", [d.Label], '▶'), t.Name, t.Kind, t.Detail);
        }
    }

    private static void WriteNode(Terminal terminal, string drawing, Node node, int names, int steps)
    {
        var name = node.Name + new string(' ', names - Grid.CellsOf(node.Name));
        var step = node.Step.PadRight(steps);
        var room = terminal.Width - 2 - drawing.Length - 2 - names - 2 - steps - 2;
        var detail = room < LeastDetail ? "" : Grid.Cut(node.Detail, room);
        if (node.Lane.Symbol == '▶')
            terminal.Line($"  {drawing}  [green]{name}[/]  {step}  [dim]{detail}[/]");
        else
            terminal.Line($"  {drawing}  {name}  {step}  [dim]{detail}[/]");
    }

    private static void WriteRead(Terminal terminal, PlanDataset source)
    {
        if (source.Needed.Count == 0)
            terminal.Line($"  [bold]{source.Name}[/] is not read: no target needs it");
        else if (source.Needed.Count == source.Columns.Count)
            terminal.Line($"  [bold]{source.Name}[/] is read with all of its {Quantity.Of(source.Columns.Count, "column")}");
        else
            terminal.Line(
                $"  [bold]{source.Name}[/] is read with {source.Needed.Count} of its {Quantity.Of(source.Columns.Count, "column")}: {string.Join(", ", source.Needed)}"
            );
    }

    private static void WriteColumn(Terminal terminal, LineageColumn column, int widest)
    {
        var name = column.Name + new string(' ', widest - Grid.CellsOf(column.Name));
        var from =
            column.From.Count == 0
                ? "(no column: a constant, a count or a parameter)"
                : string.Join(", ", column.From.Select(f => $"{f.Source}.{f.Column}"));
        terminal.Line($"    {name}  [dim]←[/] {from}");
    }

    private sealed record Node(LaneNode Lane, string Name, string Step, string Detail);
}
