namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams</c></summary>
internal sealed class StreamsCommand : HubCommand
{
    public StreamsCommand()
        : base("streams", "Look at streams, and act on them.")
    {
        Subcommands.Add(new StreamsVerifyCommand());
        Subcommands.Add(new StreamsRedriveCommand());
        Subcommands.Add(new StreamsReplayCommand());
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
