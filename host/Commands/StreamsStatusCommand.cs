using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Api.Streams;
using ServerlessHub.Host.Output;
using ServerlessHub.Host.Serving;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Kafka;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams status</c></summary>
internal sealed class StreamsStatusCommand : HubCommand
{
    public StreamsStatusCommand()
        : base("status", "Show how a stream is: its rate, how far it is behind, and how far each phase has come.")
    {
        Arguments.Add(StreamArguments.Stream);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(StreamStatusOutput);
        Details = """
            Where a server runs on the hub root, it says what it does with the stream. Without one, the tables and the broker are asked, which know no rate.
            """;
        Examples = [("hub streams status orders", "Partition by partition, and phase by phase.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var document = Named.Stream(root, invocation.Value(StreamArguments.Stream)!);
        var status = ServerFile.Find(root) is { } server
            ? OfServer(root, server, document.Address, invocation.Cancellation)
            : OfTables(root, StreamArguments.Read(invocation, root));
        if (invocation.Json)
            invocation.Terminal.WriteRecord(status);
        else
            StreamText.Write(invocation.Terminal, status);
        return ExitCode.Done;
    }

    private static StreamStatusOutput OfServer(HubRoot root, ServerFile server, DocumentAddress stream, CancellationToken ct)
    {
        using var client = new ServerClient(root, server);
        return client.Get<StreamStatusOutput>($"api/streams/{stream}/status", ct).GetAwaiter().GetResult();
    }

    private static StreamStatusOutput OfTables(HubRoot root, StreamDefinition stream)
    {
        var control = new StreamControl(root, TimeProvider.System);
        var activity = KafkaEnds.Of(root, stream, NullLogger.Instance) is { } ends ? control.Behind(stream, ends) : null;
        return new(
            stream.Address.ToString(),
            control.PauseOf(stream.Address),
            activity,
            control.Phases(stream),
            control.Publications(stream)
        );
    }
}
