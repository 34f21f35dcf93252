using ServerlessHub.Api.Tables;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables show</c></summary>
internal sealed class TablesShowCommand : HubCommand
{
    public TablesShowCommand()
        : base("show", "Show a table's columns, partitions, protocol, properties and latest commits.")
    {
        Arguments.Add(TableArguments.Table);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(TableDetailsOutput);
        Examples = [("hub tables show staging.customer_snapshot", "One table.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var snapshot = LakeTable.Read(root, name);
        var details = TableDetailsOutput.Of(name, snapshot, LakeTable.Open(root, name));
        if (invocation.Json)
            invocation.Terminal.WriteJson(details, OutputJson.Default.TableDetailsOutput);
        else
            Show(invocation.Terminal, details);
        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, TableDetailsOutput details)
    {
        terminal.Write(TableText.List([details.Table]));
        terminal.WriteLine();
        terminal.Write(TableText.Columns(details));
        terminal.WriteLine();
        foreach (var (what, text) in TableText.Facts(details))
            terminal.WriteLine($"{what}: {text}");
        terminal.WriteLine();
        terminal.Write(TableText.History(details.History));
        foreach (var warning in details.Warnings)
            terminal.Error.WriteLine($"warning: {warning}");
    }
}
