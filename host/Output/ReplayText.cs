namespace ServerlessHub.Host.Output;

/// <summary>How a replay is shown to a person.</summary>
internal static class ReplayText
{
    /// <summary>Writes which tables there are, how they differ, and what became of them.</summary>
    public static void Write(Terminal terminal, ReplayOutput replay, IReadOnlyList<TableDiff> differences)
    {
        if (replay.Tables.Count > 0)
            terminal.Write(
                new Grid(
                    [
                        new("table"),
                        new("rows", true),
                        new("replayed", true),
                        new("only here", true),
                        new("only replayed", true),
                        new("different", true),
                    ],
                    [.. replay.Tables.Select(Row)]
                )
            );
        foreach (var difference in differences)
            WriteDifference(terminal, difference);
        var what =
            replay.IsSwapped ? "is in place"
            : replay.IsDropped ? "is dropped"
            : replay.Revision is null ? "is not there"
            : "stands beside the stream's tables";
        terminal.Line($"[bold]the replay {what}[/]  {replay.Stream}");
    }

    private static void WriteDifference(Terminal terminal, TableDiff difference)
    {
        foreach (var column in difference.Columns)
            terminal.WriteLine($"{difference.Table}: {column}");
        if (difference.Rows.Text.Count == 0)
            return;
        terminal.WriteLine();
        terminal.Line($"[bold]{difference.Table}[/]");
        terminal.Write(difference.Rows.ToGrid());
        terminal.WriteLine();
    }

    private static string[] Row(ReplayedTableOutput table) =>
        [
            table.Table,
            Quantity.Count(table.Rows),
            Quantity.Count(table.ReplayedRows),
            Quantity.Count(table.Difference?.Counts.Removed),
            Quantity.Count(table.Difference?.Counts.Added),
            Quantity.Count(table.Difference?.Counts.Changed),
        ];
}
