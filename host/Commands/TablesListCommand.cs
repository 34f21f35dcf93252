using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables list</c></summary>
internal sealed class TablesListCommand : HubCommand
{
    public TablesListCommand()
        : base("list", "List the tables with version, rows, files, size and last commit.")
    {
        Details = "A table that cannot be read is an error, and does not hide the others.";
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(TableListOutput);
        Examples = [("hub tables list", "Every table of the hub root.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var list = TableListOutput.Of(root, [.. Named.Tables(root)], invocation.Cancellation);
        if (invocation.Json)
            invocation.Terminal.WriteJson(list, OutputJson.Default.TableListOutput);
        else if (list.Tables.Count > 0)
            invocation.Terminal.Write(TableText.List(list.Tables));
        else if (list.Problems.Count == 0)
            invocation.Terminal.Error.WriteLine("there are no tables yet; 'hub run' makes them");
        foreach (var problem in list.Problems)
            ErrorText.Write(invocation.Terminal, problem, null);
        return list.Problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
