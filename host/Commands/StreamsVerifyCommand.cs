using ServerlessHub.Api.Documents;
using ServerlessHub.Host.Output;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams verify</c></summary>
internal sealed class StreamsVerifyCommand : HubCommand
{
    public StreamsVerifyCommand()
        : base("verify", "Prove from a stream's tables that no event is lost or doubled.")
    {
        Arguments.Add(StreamArguments.Stream);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(StreamVerificationOutput);
        Details = """
            Partition by partition the offsets must follow each other without a gap and without a second one, and phase by phase what goes in must be
            what comes out and what was put aside. Logs and tables alone are read, and nothing is written; the stream may run meanwhile. It ends with 1
            where anything is not proven.
            """;
        Examples = [("hub streams verify web_orders", "Whether each event is there once.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var stream = StreamArguments.Read(invocation, root);
        var output = StreamVerificationOutput.Of(stream, StreamVerification.Run(root, stream, ct: invocation.Cancellation));
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.StreamVerificationOutput);
        else
            StreamVerificationText.Write(invocation.Terminal, output);
        return output.IsProven ? ExitCode.Done : ExitCode.Failed;
    }
}
