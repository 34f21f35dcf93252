namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables</c></summary>
internal sealed class TablesCommand : HubCommand
{
    public TablesCommand()
        : base("tables", "Look at the lake's tables, and look after them.")
    {
        Subcommands.Add(new TablesListCommand());
        Subcommands.Add(new TablesShowCommand());
        Subcommands.Add(new TablesPreviewCommand());
        Subcommands.Add(new TablesHistoryCommand());
        Subcommands.Add(new TablesDiffCommand());
        Subcommands.Add(new TablesChangesCommand());
        Subcommands.Add(new TablesPropertiesCommand());
        Subcommands.Add(new TablesConstraintsCommand());
        Subcommands.Add(new TablesRestoreCommand());
        Subcommands.Add(new TablesOptimizeCommand());
        Subcommands.Add(new TablesVacuumCommand());
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
