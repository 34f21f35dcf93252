using System.CommandLine;
using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables changes</c></summary>
internal sealed class TablesChangesCommand : HubCommand
{
    private static readonly Option<long> From = new("--from")
    {
        Description = "The first version whose changes are shown.",
        HelpName = "number",
        Required = true,
    };

    private static readonly Option<long?> To = new("--to") { Description = "The last one; the newest unless given.", HelpName = "number" };

    private static readonly Option<int> Rows = new("--rows", "-n")
    {
        Description = "How many rows at most; 20 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 20,
    };

    public TablesChangesCommand()
        : base("changes", "Show the rows that commits changed, as the table's change feed has them.")
    {
        Details =
            "Each row has the columns of the table, _change_type (insert, delete, update_preimage, update_postimage), _commit_version and "
            + "_commit_timestamp. A table keeps a change feed from the version on at which its property delta.enableChangeDataFeed is set to true.";
        Arguments.Add(TableArguments.Table);
        Options.Add(From);
        Options.Add(To);
        Options.Add(Rows);
        Options.Add(TableArguments.Memory);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(RowsOutput);
        Examples =
        [
            ("hub tables properties service.customer --set delta.enableChangeDataFeed=true", "A change feed from now on."),
            ("hub tables changes service.customer --from 3", "What changed with version 3 and since."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var count = TableArguments.Count(invocation.Value(Rows));
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var from = invocation.Value(From);
        var last = LakeTable.Read(root, name, TableArguments.Version(invocation.Value(To))).Version;
        if (from < 0 || from > last)
            throw CommandException.Usage($"--from {from} is none of the versions 0 to {last}", $"hub tables history {name} shows them");
        using var engine = TableArguments.Engine(invocation, root);
        using var scan = LakeTable.Open(root, name).Changes(engine.Connection, from, last, invocation.Cancellation);
        var sql = $"SELECT * FROM (\n{scan.Sql}\n) ORDER BY _commit_version";
        var rows = scan.Read(() => TableRows.Read(engine.Connection, sql, count, invocation.Cancellation));
        rows.Write(invocation, name.ToString());
        return ExitCode.Done;
    }
}
