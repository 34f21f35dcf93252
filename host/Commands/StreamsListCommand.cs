using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams list</c></summary>
internal sealed class StreamsListCommand : HubCommand
{
    public StreamsListCommand()
        : base("list", "List the streams.")
    {
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(StreamListOutput);
        Examples = [("hub streams list", "All of them, with their source, their raw table and when it was written last.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var streams = StreamListOutput.Of(invocation.HubRoot());
        if (invocation.Json)
            invocation.Terminal.WriteRecord(streams);
        else if (streams.Streams.Count == 0)
            invocation.Terminal.Error.WriteLine("there are no streams; they live in config/applications/<app>/<layer>/streams/");
        else
            invocation.Terminal.Write(StreamText.List(streams));
        return ExitCode.Done;
    }
}
