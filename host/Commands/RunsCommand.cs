namespace ServerlessHub.Host.Commands;

/// <summary><c>hub runs</c></summary>
internal sealed class RunsCommand : HubCommand
{
    public RunsCommand()
        : base("runs", "Look at the runs of jobs, and act on them.")
    {
        Subcommands.Add(new RunsListCommand());
        Subcommands.Add(new RunsShowCommand());
        Subcommands.Add(new RunsWatchCommand());
        Subcommands.Add(new RunsCancelCommand());
        Subcommands.Add(new RunsRerunCommand());
        Subcommands.Add(new RunsUndoCommand());
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
