using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Output;

/// <summary>How a job's run is shown to a person.</summary>
internal static class JobRunText
{
    /// <summary>Writes where a run stands, with its nodes, what failed and what to do.</summary>
    public static void Write(Terminal terminal, JobRun run)
    {
        terminal.WriteLine();
        WriteOutcome(terminal, run);
        if (run.Nodes.Count > 0)
        {
            terminal.WriteLine();
            terminal.Write(Nodes(run.Nodes));
        }
        foreach (var failed in run.Nodes.Where(n => n is { Status: NodeStatus.Failed, Error: not null }))
        {
            terminal.Line($"[red]✗ {failed.Node}[/]  {failed.Error!.Message}");
            if (failed.Error.Hint is { } hint)
                terminal.Line($"  [green]→[/] {hint}");
        }
        foreach (var waiting in run.Nodes.Where(n => n.Status == NodeStatus.WaitingForApproval))
            terminal.Line($"[yellow]? {waiting.Node}[/]  waits for a person  [green]→[/] hub approve {run.RunId} {waiting.Node}");
    }

    /// <summary>Where a node stands, in words.</summary>
    public static string StatusOf(NodeRun node) =>
        node switch
        {
            { KeptFrom: not null } => "kept",
            { Status: NodeStatus.WaitingForApproval } => "waits for approval",
            { Status: NodeStatus.NotStarted } => "not started",
            { Status: NodeStatus.Waiting, Attempts: > 0 } => "waits for its next attempt",
            { Status: var status } => status.ToString().ToLowerInvariant(),
        };

    private static void WriteOutcome(Terminal terminal, JobRun run)
    {
        var what = $"{run.App}/{run.Layer}/{run.Job} {run.Version}";
        var time = run.Started is { } started ? Quantity.Duration((run.Ended ?? DateTimeOffset.UtcNow) - started) : "–";
        switch (run.Status)
        {
            case JobStatus.Completed:
                terminal.Line($"[green bold]completed[/]  {what}  [dim]in[/] {time}  [dim]run {run.RunId}[/]");
                break;
            case JobStatus.Failed:
                terminal.Line($"[red bold]failed[/]  {what}  [dim]after[/] {time}  [dim]run {run.RunId}[/]");
                break;
            case JobStatus.CompletedWithErrors:
                terminal.Line($"[yellow bold]completed with errors[/]  {what}  [dim]in[/] {time}  [dim]run {run.RunId}[/]");
                break;
            default:
                terminal.Line(
                    $"[yellow bold]{run.Status.ToString().ToLowerInvariant()}[/]  {what}  [dim]after[/] {time}  [dim]run {run.RunId}[/]"
                );
                break;
        }
        if (run.RerunOf is { } before)
            terminal.Line($"  it does run {before} again");
        if (run is { Sla: SlaStatus.Missed, Due: { } due })
            terminal.Line($"  [red]late[/]: it was to end by {due:u}");
    }

    private static Grid Nodes(IReadOnlyList<NodeRun> nodes) =>
        new(
            [
                new("node"),
                new("status"),
                new("attempts", true),
                new("rows read", true),
                new("rows written", true),
                new("rejected", true),
                new("size", true),
                new("time", true),
                new(""),
            ],
            [
                .. nodes.Select(n =>
                    new[]
                    {
                        n.Node,
                        StatusOf(n),
                        n.Attempts == 0 ? "–" : n.Attempts.ToString(),
                        n.Kind == NodeKind.Approval ? "–" : Quantity.Count(n.RowsRead),
                        n.Kind == NodeKind.Approval ? "–" : Quantity.Count(n.RowsWritten),
                        n.RowsRejected == 0 ? "–" : Quantity.Count(n.RowsRejected),
                        n.Bytes == 0 ? "–" : Quantity.Bytes(n.Bytes),
                        n.Seconds is { } seconds ? Quantity.Duration(TimeSpan.FromSeconds(seconds)) : "–",
                        n.Progress is { } p ? $"{p.Stage}{(p.Percent is { } percent ? $" {percent:0} %" : "")}" : n.Note ?? "",
                    }
                ),
            ]
        );
}
