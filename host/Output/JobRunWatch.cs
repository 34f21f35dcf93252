using ServerlessHub.Orchestrations.Runs;
using Spectre.Console;

namespace ServerlessHub.Host.Output;

/// <summary>Shows a run while it goes on: a picture that moves where a person looks, a line for each change elsewhere.</summary>
internal static class JobRunWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Shows a run until it is over, or whoever watches does not want to any more.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="find">The run as it is now.</param>
    /// <param name="shape">Its graph.</param>
    /// <param name="isOver">Whether there is no more to see of it; asked each time it was looked at.</param>
    /// <param name="cancellation">Ends the watching, not the run.</param>
    /// <returns>The run as it was last.</returns>
    public static JobRun Follow(
        Terminal terminal,
        Func<JobRun> find,
        Func<JobRun, RunShape> shape,
        Func<JobRun, bool> isOver,
        CancellationToken cancellation
    )
    {
        if (!terminal.IsErrorPerson || !terminal.ErrorScreen.Profile.Capabilities.Interactive)
            return Lines(terminal, find, isOver, cancellation);
        var run = find();
        var drawn = shape(run);
        terminal
            .ErrorScreen.Live(Picture(run, drawn, DateTimeOffset.UtcNow))
            .AutoClear(true)
            .Start(screen =>
            {
                while (!isOver(run) && !cancellation.WaitHandle.WaitOne(Interval))
                {
                    run = find();
                    screen.UpdateTarget(Picture(run, drawn, DateTimeOffset.UtcNow));
                }
            });
        return run;
    }

    private static JobRun Lines(Terminal terminal, Func<JobRun> find, Func<JobRun, bool> isOver, CancellationToken cancellation)
    {
        var shown = new Dictionary<string, string>();
        while (true)
        {
            var run = find();
            foreach (var node in run.Nodes.Where(n => n.Status is not (NodeStatus.Waiting or NodeStatus.NotStarted)))
            {
                var text = $"{node.Node}: {JobRunText.StatusOf(node)}{(node.Attempts > 1 ? $", attempt {node.Attempts}" : "")}";
                if (shown.GetValueOrDefault(node.Node) == text)
                    continue;
                shown[node.Node] = text;
                terminal.Error.WriteLine(text);
            }
            if (isOver(run) || cancellation.WaitHandle.WaitOne(Interval))
                return run;
        }
    }

    /// <summary>The picture of a moment: the graph from the first nodes down, how each node stands, and how much longer it takes.</summary>
    internal static Table Picture(JobRun run, RunShape shape, DateTimeOffset now)
    {
        var table = new Table().NoBorder().AddColumns("", "node", "status", "rows", "time", "");
        var begun = run.Nodes.ToDictionary(n => n.Node);
        var left = shape.Left(run, now) is { } time && time > TimeSpan.Zero ? $"  about {Quantity.Duration(time)} left" : "";
        table.Title = new TableTitle(
            $"{Markup.Escape(run.Job)} {run.RunId}  {JobRunText.StatusOf(run.Status)}  {run.Nodes.Count(n => n.HasEnded)}/{shape.Nodes.Count}{left}"
        );
        foreach (var (drawing, id) in GraphLanes.Draw([.. shape.Nodes.Select(n => new LaneNode(n.Id, n.DependsOn, '●'))]))
            table.AddRow(id is null ? [new Text(drawing)] : [new Text(drawing), .. Cells(id, begun.GetValueOrDefault(id), now)]);
        return table;
    }

    private static IEnumerable<Text> Cells(string id, NodeRun? node, DateTimeOffset now)
    {
        yield return new Text(id);
        if (node is null)
            yield break;
        yield return new Text(JobRunText.StatusOf(node), new Style(ColorOf(node.Status)));
        yield return new Text(node.RowsWritten > 0 ? Quantity.Count(node.RowsWritten) : "");
        yield return new Text(node.Started is { } started ? Quantity.Duration((node.Ended ?? now) - started) : "");
        yield return new Text(JobRunText.ProgressOf(node) ?? node.Error?.Message ?? "");
    }

    private static Color ColorOf(NodeStatus status) =>
        status switch
        {
            NodeStatus.Succeeded or NodeStatus.Replaced => Color.Green,
            NodeStatus.Failed => Color.Red,
            NodeStatus.Running => Color.Aqua,
            NodeStatus.WaitingForApproval or NodeStatus.Cancelled => Color.Yellow,
            _ => Color.Grey,
        };
}
