using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Host.Serving;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams run</c></summary>
internal sealed class StreamsRunCommand : HubCommand
{
    private static readonly Option<bool> UntilCaughtUp = new("--until-caught-up")
    {
        Description = "End once all that the source has is in the tables.",
    };

    public StreamsRunCommand()
        : base("run", "Run a stream here, until Ctrl-C or until it has caught up.")
    {
        Arguments.Add(StreamArguments.Stream);
        Options.Add(UntilCaughtUp);
        Options.Add(RunCommand.Memory);
        Options.Add(RunCommand.Threads);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound, ExitCode.Cancelled];
        JsonOutput = typeof(StreamActivity);
        Details = """
            'hub serve' runs all streams of the hub root. This one is run beside it, or without it: whoever runs a stream shares its partitions out, and no
            event is taken twice. What fails is tried again after a while; what only a person can mend ends it.
            """;
        Examples =
        [
            ("hub streams run orders", "Until Ctrl-C."),
            ("hub streams run orders --until-caught-up --json", "What there is now, for a program."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var stream = StreamArguments.Read(invocation, root);
        var budget = RunCommand.Budget(invocation);
        using var loggers = ServerTelemetry.Logs();
        var worker = new StreamWorker(
            root,
            stream,
            new() { MemoryLimitBytes = budget.MemoryLimitBytes, Threads = budget.Threads },
            TimeProvider.System,
            loggers.CreateLogger(nameof(StreamWorker))
        );
        worker.Run(invocation.Value(UntilCaughtUp), invocation.Cancellation);
        var activity = worker.Activity;
        if (activity.State == StreamState.Stopped)
            throw new CommandException(ExitCode.Failed, activity.Problem!, activity.Hint);
        if (invocation.Json)
            invocation.Terminal.WriteRecord(activity);
        else
            invocation.Terminal.WriteLine(
                $"{Quantity.Of(activity.Events, "event")} in {Quantity.Of(activity.Batches, "batch")}, {Quantity.Of(activity.DeadLetters, "dead letter")} among them"
            );
        return ExitCode.Done;
    }
}
