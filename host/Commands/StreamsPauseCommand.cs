using System.CommandLine;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams pause</c></summary>
internal sealed class StreamsPauseCommand : HubCommand
{
    private static readonly Option<string?> Reason = new("--reason")
    {
        Description = "Why; whoever looks at the stream reads it.",
        HelpName = "text",
    };

    public StreamsPauseCommand()
        : base("pause", "Let a stream read nothing, in any process, until it is resumed.")
    {
        Arguments.Add(StreamArguments.Stream);
        Options.Add(Reason);
        Options.Add(CommonOptions.Root);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        Details = "What comes meanwhile waits in its source, for as long as that keeps it. Servers notice within seconds.";
        Examples = [("hub streams pause orders --reason \"the broker moves\"", "Until it is resumed.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var address = Named.Stream(root, invocation.Value(StreamArguments.Stream)!).Address;
        new StreamControl(root, TimeProvider.System).Pause(address, Environment.UserName, invocation.Value(Reason));
        invocation.Terminal.WriteLine($"paused {address}; 'hub streams resume {address}' lets it go on");
        return ExitCode.Done;
    }
}
