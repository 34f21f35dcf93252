namespace ServerlessHub.Host.Commands;

/// <summary><c>hub backfill</c></summary>
internal sealed class BackfillCommand : HubCommand
{
    public BackfillCommand()
        : base("backfill", "Run a job for a range of dates, as one thing.")
    {
        Subcommands.Add(new BackfillStartCommand());
        Subcommands.Add(new BackfillListCommand());
        Subcommands.Add(new BackfillShowCommand());
        Subcommands.Add(new BackfillChangeCommand("pause", "Start no more dates until it is resumed; runs that go on may end."));
        Subcommands.Add(new BackfillChangeCommand("resume", "Let a paused backfill go on."));
        Subcommands.Add(new BackfillChangeCommand("cancel", "End a backfill; runs that go on are stopped."));
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
