using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams resume</c></summary>
internal sealed class StreamsResumeCommand : HubCommand
{
    public StreamsResumeCommand()
        : base("resume", "Let a stream go on that was paused.")
    {
        Arguments.Add(StreamArguments.Stream);
        Options.Add(CommonOptions.Root);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        Examples = [("hub streams resume orders", "From where its tables are.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var address = Named.Stream(root, invocation.Value(StreamArguments.Stream)!).Address;
        new StreamControl(root, TimeProvider.System).Resume(address);
        invocation.Terminal.WriteLine($"{address} goes on");
        return ExitCode.Done;
    }
}
