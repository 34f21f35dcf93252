using System.CommandLine;
using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables preview</c></summary>
internal sealed class TablesPreviewCommand : HubCommand
{
    private static readonly Option<int> Rows = new("--rows", "-n")
    {
        Description = "How many rows; 20 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<long?> Version = new("--version")
    {
        Description = "The table as it was at this version.",
        HelpName = "number",
    };

    public TablesPreviewCommand()
        : base("preview", "Show the first rows of a table.")
    {
        Arguments.Add(TableArguments.Table);
        Options.Add(Rows);
        Options.Add(Version);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(RowsOutput);
        Examples =
        [
            ("hub tables preview staging.customer_snapshot -n 5", "Five rows."),
            ("hub tables preview staging.customer_snapshot --version 0", "As it was first."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var count = TableArguments.Count(invocation.Value(Rows));
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var snapshot = LakeTable.Read(root, name, invocation.Value(Version));
        using var engine = new PreviewEngine();
        using var scan = snapshot.Scan(engine.Connection);
        var rows = TableRows.Read(engine.Connection, scan.Sql, count, invocation.Cancellation);
        rows.Write(invocation, name.ToString());
        return ExitCode.Done;
    }
}
