using ServerlessHub.Host.Commands;
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

    /// <summary>Writes a run as a command ends with it, to a person or a program.</summary>
    public static void WriteResult(Invocation invocation, JobRun run)
    {
        if (invocation.Json)
            invocation.Terminal.WriteRecord(run);
        else
            Write(invocation.Terminal, run);
    }

    /// <summary>Writes what started a run, with what, and which documents it is pinned to.</summary>
    public static void WriteOrigin(Terminal terminal, JobRun run)
    {
        var (trigger, parameters) = (run.Trigger, run.Parameters.Select(p => $"{p.Key}={p.Value}"));
        terminal.WriteLine();
        terminal.Line(
            $"[dim]started by[/]  {trigger.Kind.ToString().ToLowerInvariant()}, {trigger.By}{(trigger.Detail is { } detail ? $" ({detail})" : "")}, {Time(run.Queued)}"
        );
        if (run.Ended is { } ended)
            terminal.Line($"[dim]ended[/]       {Time(ended)}");
        terminal.Line($"[dim]parameters[/]  {string.Join(", ", parameters)}");
        foreach (var document in run.Documents)
            terminal.Line($"[dim]document[/]    {document.File}  [dim]{document.Revision[..12]}[/]");
    }

    /// <summary>A line for each run.</summary>
    public static Grid List(IReadOnlyList<JobRun> runs) =>
        new(
            [new("run"), new("job"), new("status"), new("accepted (UTC)"), new("time", true), new("by"), new("error")],
            [
                .. runs.Select(r =>
                    new[]
                    {
                        r.RunId,
                        $"{r.App}/{r.Job}",
                        StatusOf(r.Status),
                        r.Queued.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss"),
                        r.Seconds is { } seconds ? Quantity.Duration(TimeSpan.FromSeconds(seconds)) : "–",
                        r.Trigger.By,
                        r.Error?.Message ?? "",
                    }
                ),
            ]
        );

    /// <summary>A line for each job.</summary>
    public static Grid Jobs(IReadOnlyList<JobListEntry> jobs) =>
        new(
            [new("job"), new("last run"), new("status"), new("when (UTC)"), new("next"), new("owner")],
            [
                .. jobs.Select(j =>
                    new[]
                    {
                        $"{j.App}/{j.Layer}/{j.Id}",
                        j.LastRun?.RunId ?? "–",
                        j.LastRun is { } run ? StatusOf(run.Status) : "–",
                        j.LastRun?.Queued.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss") ?? "–",
                        j.IsSound
                            ? j.PausedBy is { } by
                                ? $"paused by {by}"
                                : j.Next?.ToString("yyyy-MM-dd HH:mm zzz", System.Globalization.CultureInfo.InvariantCulture) ?? "–"
                            : "not valid: hub validate",
                        j.Owner ?? "–",
                    }
                ),
            ]
        );

    /// <summary>Where a run stands, in words.</summary>
    public static string StatusOf(JobStatus status) =>
        status == JobStatus.CompletedWithErrors ? "completed with errors" : status.ToString().ToLowerInvariant();

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

    /// <summary>How far a node is, in words; null for one that does not run.</summary>
    public static string? ProgressOf(NodeRun node) =>
        node.Progress is { } p ? $"{p.Stage}{(p.Percent is { } percent ? $" {percent:0} %" : "")}" : null;

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
            terminal.Line($"  [red]SLA missed[/]: it was to complete by {due:u}");
    }

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";

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
                        ProgressOf(n) ?? n.Note ?? "",
                    }
                ),
            ]
        );
}
