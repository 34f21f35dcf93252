using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables show</c></summary>
internal sealed class TablesShowCommand : HubCommand
{
    private const int CommitsShown = 10;

    public TablesShowCommand()
        : base("show", "Show a table's columns, partitions, properties and latest commits.")
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
        var details = new TableDetailsOutput(
            TableOutput.Of(name, snapshot),
            [.. snapshot.Columns.Select(c => new ColumnOutput(c.Name, TypeText.Full(c.Type), c.Nullable, c.Comment))],
            snapshot.PartitionColumns,
            snapshot.Properties,
            [.. LakeTable.Open(root, name).History().OrderByDescending(v => v.Version).Take(CommitsShown).Select(CommitOutput.Of)],
            snapshot.Warnings
        );
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
        if (details.Properties.Count > 0)
            terminal.WriteLine($"\nproperties: {string.Join(", ", details.Properties.Select(p => $"{p.Key}={p.Value}"))}");
        terminal.WriteLine();
        terminal.Write(TableText.History(details.History));
        foreach (var warning in details.Warnings)
            terminal.Error.WriteLine($"warning: {warning}");
    }
}
