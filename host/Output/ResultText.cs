using ServerlessHub.Api.Tables;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>Shows the first rows of what a run has written.</summary>
internal static class ResultText
{
    /// <summary>Writes the first rows of each target that lies in the hub root.</summary>
    public static void Write(
        Terminal terminal,
        HubRoot root,
        DocumentAddress address,
        RunReport report,
        int rows,
        CancellationToken cancellation
    )
    {
        using var engine = new QueryEngine(root);
        foreach (var target in report.Targets)
            if (
                WrittenRows.Read(
                    root,
                    address,
                    target,
                    engine.Connection,
                    sql => TableRows.Read(engine.Connection, sql, rows, cancellation)
                ) is
                { } found
            )
            {
                terminal.WriteLine();
                terminal.Line($"[bold]{target.Place}[/]  [dim]{target.Name}, the first {rows} rows[/]");
                terminal.Write(found.ToGrid());
            }
    }
}
