using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>How a run's report is shown to a person.</summary>
internal static class ReportText
{
    /// <summary>Writes the report.</summary>
    public static void Write(Terminal terminal, RunReport report)
    {
        terminal.WriteLine();
        WriteOutcome(terminal, report);
        if (report.Sources.Count > 0)
        {
            terminal.WriteLine();
            terminal.Write(Sources(report.Sources));
        }
        // What failed before it read anything has nothing to count.
        if (report.Datasets.Any(d => d.RowsOut is not null))
        {
            terminal.WriteLine();
            terminal.Write(Steps(report.Datasets, [.. report.Sources.Select(s => (s.Name, s.Kind))]));
        }
        if (report.Targets.Count > 0)
        {
            terminal.WriteLine();
            terminal.Write(Targets(report.Targets));
            foreach (var (target, warning) in report.Targets.SelectMany(t => t.Warnings.Select(warning => (t.Name, warning))))
                terminal.Line($"  [yellow]warning[/]  {target}: {warning}");
        }
        // Targets of one dataset write the same numbers.
        foreach (var same in report.Targets.Where(t => t.Numbers.Count > 0).GroupBy(t => string.Join('\n', t.Numbers)))
        {
            terminal.WriteLine();
            terminal.Line($"[bold]{string.Join(", ", same.Select(t => t.Name))}[/]  [dim]the numbers written[/]");
            terminal.Write(Numbers(same.First().Numbers));
        }
    }

    private static void WriteOutcome(Terminal terminal, RunReport report)
    {
        var what = $"{report.App}/{report.Layer}/{report.Pipeline} {report.Version}";
        var time = Quantity.Duration(report.Ended - report.Started);
        switch (report.Status)
        {
            case RunStatus.Succeeded:
                terminal.Line($"[green bold]succeeded[/]  {what}  [dim]in[/] {time}  [dim]run {report.RunId}[/]");
                break;
            case RunStatus.Cancelled:
                terminal.Line($"[yellow bold]cancelled[/]  {what}  [dim]after[/] {time}  [dim]run {report.RunId}[/]");
                break;
            default:
                terminal.Line($"[red bold]failed[/]  {what}  [dim]after[/] {time}  [dim]run {report.RunId}[/]");
                break;
        }
        if (report.Resumed is { } resumed)
            terminal.Line($"  it finished the interrupted run {resumed} first");
        if (report.Error is { } error)
            terminal.Line($"  {error}");
        if (report.Hint is { } hint)
            terminal.Line($"  [green]→[/] {hint}");
    }

    private static Grid Sources(IReadOnlyList<SourceReport> sources) =>
        new(
            [new("read"), new("kind"), new("rows", true), new("rejected", true), new("files", true), new("size", true)],
            [
                .. sources.Select(s =>
                    new[]
                    {
                        s.Name,
                        s.Kind,
                        Quantity.Count(s.Rows),
                        Quantity.Count(s.RejectedRows),
                        s.Files == 0 ? "–" : Quantity.Count(s.Files),
                        Quantity.Bytes(s.Bytes),
                    }
                ),
            ]
        );

    private static Grid Steps(IReadOnlyList<DatasetReport> steps, HashSet<(string, string)> sources) =>
        new(
            [new("dataset"), new("step"), new("line", true), new("rows in", true), new("rows out", true)],
            [
                .. steps.Select(s =>
                    new[]
                    {
                        s.Name,
                        s.Step,
                        s.Line.ToString(),
                        // A source takes nothing in.
                        sources.Contains((s.Name, s.Step))
                            ? "–"
                            : Quantity.Count(s.RowsIn),
                        Quantity.Count(s.RowsOut),
                    }
                ),
            ]
        );

    private static Grid Targets(IReadOnlyList<TargetReport> targets) =>
        new(
            [new("written"), new("place"), new("rows", true), new("files", true), new("size", true), new("version", true), new("")],
            [
                .. targets.Select(t =>
                    new[]
                    {
                        t.Name,
                        t.Place,
                        Quantity.Count(t.Rows),
                        t.Files == 0 ? "–" : Quantity.Count(t.Files),
                        t.Bytes == 0 ? "–" : Quantity.Bytes(t.Bytes),
                        t.Version?.ToString() ?? "–",
                        t.AlreadyCommitted
                            ? "was there already"
                            : string.Join(", ", t.Detail.Where(d => d.Value != 0).Select(d => $"{Quantity.Count(d.Value)} {d.Key}")),
                    }
                ),
            ]
        );

    private static Grid Numbers(IReadOnlyList<ColumnSummary> numbers) =>
        new(
            [
                new("column"),
                new("nulls", true),
                new("lowest", true),
                new("25 %", true),
                new("median", true),
                new("75 %", true),
                new("highest", true),
            ],
            [
                .. numbers.Select(n =>
                    new[]
                    {
                        n.Column,
                        Quantity.Count(n.Nulls),
                        Quantity.Number(n.Minimum),
                        Quantity.Number(n.LowerQuartile),
                        Quantity.Number(n.Median),
                        Quantity.Number(n.UpperQuartile),
                        Quantity.Number(n.Maximum),
                    }
                ),
            ]
        );
}
