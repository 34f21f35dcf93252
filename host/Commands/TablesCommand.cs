namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables</c></summary>
internal sealed class TablesCommand : HubCommand
{
    public TablesCommand()
        : base("tables", "Look at the lake's tables.")
    {
        Subcommands.Add(new TablesListCommand());
        Subcommands.Add(new TablesShowCommand());
        Subcommands.Add(new TablesPreviewCommand());
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
