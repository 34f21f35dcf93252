using System.CommandLine;
using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables history</c></summary>
internal sealed class TablesHistoryCommand : HubCommand
{
    private static readonly Option<int> Limit = new("--limit", "-n")
    {
        Description = "How many commits at most, the latest first; 20 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 20,
    };

    public TablesHistoryCommand()
        : base("history", "Show what was done to a table: each commit with who, how and how much.")
    {
        Arguments.Add(TableArguments.Table);
        Options.Add(Limit);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(TableHistoryOutput);
        Examples = [("hub tables history staging.customer_snapshot -n 5", "The last five commits.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var limit = TableArguments.Count(invocation.Value(Limit));
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var history = TableHistoryOutput.Of(name, LakeTable.Open(root, name), limit);
        if (invocation.Json)
            invocation.Terminal.WriteJson(history, OutputJson.Default.TableHistoryOutput);
        else
            invocation.Terminal.Write(TableText.History(history.Commits));
        return ExitCode.Done;
    }
}
