namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams</c></summary>
internal sealed class StreamsCommand : HubCommand
{
    public StreamsCommand()
        : base("streams", "Look at streams, run, pause and resume them, and prove what they have done.")
    {
        Subcommands.Add(new StreamsListCommand());
        Subcommands.Add(new StreamsStatusCommand());
        Subcommands.Add(new StreamsRunCommand());
        Subcommands.Add(new StreamsVerifyCommand());
        Subcommands.Add(new StreamsRedriveCommand());
        Subcommands.Add(new StreamsReplayCommand());
        Subcommands.Add(new StreamsPauseCommand());
        Subcommands.Add(new StreamsResumeCommand());
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
