namespace ServerlessHub.Host.Commands;

/// <summary><c>hub new</c></summary>
internal sealed class NewCommand : HubCommand
{
    public NewCommand()
        : base("new", "Write a first draft of a document.")
    {
        Subcommands.Add(new NewPipelineCommand());
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
