using System.CommandLine;
using System.Net;
using ServerlessHub.Host.Serving;
using ServerlessHub.Orchestrations;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub serve</c></summary>
internal sealed class ServeCommand : HubCommand
{
    private const string KeyVariable = "HUB_API_KEY";

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "Where to listen: an address and a port; 127.0.0.1:8650 unless given, port 0 for a free one.",
        HelpName = "address",
        DefaultValueFactory = _ => "127.0.0.1:8650",
    };

    private static readonly Option<int?> Parallel = new("--parallel")
    {
        Description = "How many pipelines run at a time; one a core unless given.",
        HelpName = "count",
    };

    public ServeCommand()
        : base("serve", "Run the hub root's jobs, schedules and triggers, and answer to its HTTP API.")
    {
        Options.Add(Listen);
        Options.Add(Parallel);
        Options.Add(RunCommand.Memory);
        Options.Add(CommonOptions.Root);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound];
        Details = """
            Requests carry a key. On this machine's own address one is made and kept in .hub/api-key, where the other commands find it; on any other
            address it has to be given in HUB_API_KEY. Prometheus finds the metrics at /metrics, with the key as its bearer token; traces, metrics and logs go
            to an OpenTelemetry collector where OTEL_EXPORTER_OTLP_ENDPOINT names one. Ctrl-C stops the server: what runs is cancelled, and goes on when it is started again.
            """;
        Examples =
        [
            ("hub serve", "On http://127.0.0.1:8650."),
            ("HUB_API_KEY=… hub serve --listen 0.0.0.0:8650 --parallel 4", "For other machines too."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var address = Address(invocation.Value(Listen)!);
        var key = Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } given ? given : null;
        if (key is null && !IPAddress.IsLoopback(address.Address))
            throw CommandException.Usage(
                $"{address} is an address for other machines, and no key is given",
                $"set {KeyVariable}, or listen on 127.0.0.1"
            );
        if (invocation.Value(Parallel) is < 1)
            throw CommandException.Usage("--parallel takes a number from 1 on");
        var options = new JobHubOptions { MemoryLimitBytes = invocation.Value(RunCommand.Memory) is { } m ? ByteSize.Parse(m) : null };
        if (invocation.Value(Parallel) is { } parallel)
            options = options with { ParallelPipelines = parallel };
        Serve(invocation, root, $"http://{address}", key ?? ServerFile.Key(root), options).GetAwaiter().GetResult();
        return ExitCode.Done;
    }

    private static async Task Serve(Invocation invocation, HubRoot root, string listen, string key, JobHubOptions options)
    {
        await using var server = await HubServer.Start(root, listen, key, options);
        invocation.Terminal.WriteLine($"the hub listens on {server.Address}");
        invocation.Terminal.Output.Flush();
        var stopped = new TaskCompletionSource();
        await using (invocation.Cancellation.Register(stopped.SetResult))
            await stopped.Task;
    }

    private static IPEndPoint Address(string text) =>
        IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var address)
            ? address
            : throw CommandException.Usage($"'{text}' is no address with a port", "write 127.0.0.1:8650");
}
