using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables list</c></summary>
internal sealed class TablesListCommand : HubCommand
{
    public TablesListCommand()
        : base("list", "List the tables with version, rows, files, size and last commit.")
    {
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(TableListOutput);
        Examples = [("hub tables list", "Every table of the hub root.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var tables = Named.Tables(root).Select(t => Describe(root, t)).OfType<TableOutput>().ToList();
        if (invocation.Json)
            invocation.Terminal.WriteJson(new TableListOutput(tables), OutputJson.Default.TableListOutput);
        else if (tables.Count == 0)
            invocation.Terminal.Error.WriteLine("there are no tables yet; 'hub run' makes them");
        else
            invocation.Terminal.Write(TableText.List(tables));
        return ExitCode.Done;
    }

    // A folder whose log has no commit yet is a table that is just being made.
    private static TableOutput? Describe(HubRoot root, TableName name) =>
        LakeTable.Open(root, name).TryRead() is { } snapshot ? TableOutput.Of(name, snapshot) : null;
}
