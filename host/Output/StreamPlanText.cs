using ServerlessHub.Api.Documents;

namespace ServerlessHub.Host.Output;

/// <summary>How a stream's plan is shown to a person: from the source over the tables to what is sent on, then the tables' columns.</summary>
internal static class StreamPlanText
{
    private const string Source = "source";

    /// <summary>Writes it.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="column">Only columns of this name are told of; null for all.</param>
    public static void Write(Terminal terminal, StreamPlanOutput plan, string? column)
    {
        terminal.Line($"[bold]{plan.Stream}[/] {plan.Version}");
        terminal.Line($"[dim]{plan.File}[/]");
        terminal.WriteLine();
        WriteGraph(terminal, plan);
        foreach (var table in plan.Tables)
            WriteColumns(terminal, table, column);
    }

    private static void WriteGraph(Terminal terminal, StreamPlanOutput plan)
    {
        var nodes = Nodes(plan).ToDictionary(n => n.Lane.Id);
        var lines = GraphLanes.Draw([.. nodes.Values.Select(n => n.Lane)]);
        var lanes = lines.Max(l => l.Drawing.Length);
        var names = nodes.Values.Max(n => Grid.CellsOf(n.Name));
        foreach (var (drawing, id) in lines)
            if (id is null)
                terminal.Line($"  {drawing}");
            else
            {
                var node = nodes[id];
                var name = node.Name + new string(' ', names - Grid.CellsOf(node.Name));
                var room = Math.Max(1, terminal.Width - lanes - names - 6);
                terminal.Line($"  {drawing.PadRight(lanes)}  {name}  [dim]{Grid.Cut(node.Detail, room)}[/]");
            }
    }

    private static IEnumerable<Node> Nodes(StreamPlanOutput plan)
    {
        yield return new Node(new LaneNode(Source, [], '○'), plan.Source.Kind, Detail(plan.Source));
        foreach (var table in plan.Tables)
        {
            yield return new Node(new LaneNode(table.Name, [table.Source ?? Source], '●'), Short(table.Name, plan), Detail(table));
            foreach (var (sent, index) in plan.Publications.Select((p, i) => (p, i)).Where(p => p.p.Table == table.Name))
                yield return new Node(new LaneNode($"sent {index}", [table.Name], '▶'), sent.Sink.Kind, Detail(sent.Sink));
        }
    }

    private static string Detail(StreamEndOutput end) => string.Join(' ', end.Attributes.Select(a => $"{a.Key}={a.Value}"));

    private static string Detail(StreamTableOutput table)
    {
        var role = table.Role switch
        {
            "raw" => "the events as they came",
            "deadLetters" => "those that cannot be taken",
            "root" => "the objects",
            "child" => "a list",
            "summary" => "a summary",
            _ => "what came too late for it",
        };
        return table.Key.Count == 0 ? role : $"{role}; a row each {string.Join(", ", table.Key)}";
    }

    private static void WriteColumns(Terminal terminal, StreamTableOutput table, string? column)
    {
        var columns = (table.Columns ?? [])
            .Where(c => column is null || c.Name.Equals(column, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (columns.Count == 0 && column is not null)
            return;
        terminal.WriteLine();
        if (table.Columns is null)
            terminal.Line($"[bold]{table.Name}[/]  [dim]its columns come from the events[/]");
        else
            terminal.Line($"[bold]{table.Name}[/]");
        var names = columns.Select(c => Grid.CellsOf(c.Name)).DefaultIfEmpty(0).Max();
        var types = columns.Select(c => c.Type.Length).DefaultIfEmpty(0).Max();
        foreach (var c in columns)
        {
            var from = string.Join(", ", c.From.Select(o => o.Path is null ? $"{o.Table}.{o.Column}" : $"{o.Table}.{o.Column} {o.Path}"));
            var name = c.Name + new string(' ', names - Grid.CellsOf(c.Name));
            if (from.Length == 0)
                terminal.Line($"    {name}  {c.Type}");
            else
                terminal.Line($"    {name}  {c.Type.PadRight(types)}  [dim]←[/] {from}");
        }
    }

    private static string Short(string table, StreamPlanOutput plan) =>
        table.StartsWith(plan.App + ".", StringComparison.Ordinal) ? table[(plan.App.Length + 1)..] : table;

    private sealed record Node(LaneNode Lane, string Name, string Detail);
}
