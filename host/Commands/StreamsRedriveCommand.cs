using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Redriving;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams redrive</c></summary>
internal sealed class StreamsRedriveCommand : HubCommand
{
    private static readonly Option<string?> Phase = new("--phase")
    {
        Description = "Those of one phase only: ingest or flatten.",
        HelpName = "phase",
    };

    private static readonly Option<string?> Reason = new("--reason")
    {
        Description = "Those only whose reason has this in it.",
        HelpName = "text",
    };

    private static readonly Option<string?> Partition = new("--partition")
    {
        Description = "Those of one partition only, such as orders/3.",
        HelpName = "topic/number",
    };

    private static readonly Option<long?> From = new("--from") { Description = "Those from this offset on.", HelpName = "offset" };

    private static readonly Option<long?> To = new("--to") { Description = "Those up to this offset, with it.", HelpName = "offset" };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show what would come of it, and write nothing." };

    static StreamsRedriveCommand() => Phase.AcceptOnlyFromAmong("ingest", "flatten");

    public StreamsRedriveCommand()
        : base("redrive", "Take dead letters through a stream as its document is now.")
    {
        Arguments.Add(StreamArguments.Stream);
        Options.Add(Phase);
        Options.Add(Reason);
        Options.Add(Partition);
        Options.Add(From);
        Options.Add(To);
        Options.Add(DryRun);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(RedriveOutput);
        Details = """
            What is right now becomes rows of all tables, with its own partition and offset, and is a dead letter no more; it is never late for a summary. What is
            still wrong stays where it is, with the reason that it has now. No row comes twice, however often this is done, and also if it is interrupted.
            The stream may run meanwhile.
            """;
        Examples =
        [
            ("hub streams redrive web_orders --dry-run", "What would come of it."),
            ("hub streams redrive web_orders --reason \"not what the schema says\"", "Those that the corrected schema takes."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var partition = invocation.Value(Partition) is { } text ? StreamArguments.Partition(text) : (SourcePartition?)null;
        var filter = new RedriveFilter(
            invocation.Value(Phase),
            invocation.Value(Reason),
            partition,
            invocation.Value(From),
            invocation.Value(To)
        );
        var isDryRun = invocation.Value(DryRun);
        using var processor = new StreamProcessor(root, StreamArguments.Read(invocation, root));
        var output = RedriveOutput.Of(processor.Stream, processor.Redrive(filter, isDryRun, invocation.Cancellation), isDryRun);
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.RedriveOutput);
        else
            Show(invocation.Terminal, output);
        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, RedriveOutput output)
    {
        if (output.Letters == 0)
        {
            terminal.WriteLine($"{output.Stream} has no such dead letters");
            return;
        }
        var what = output.IsDryRun ? "would be redriven" : "redriven";
        terminal.Line(
            $"[bold]{what}[/]  {Quantity.Count(output.Redriven)} of {Quantity.Count(output.Letters)} dead letters of {output.Stream}"
        );
        if (output.Dead.Count > 0)
            terminal.Write(
                new Grid(
                    [new("still dead", true), new("phase"), new("reason")],
                    [.. output.Dead.Select(d => new[] { Quantity.Count(d.Letters), d.Phase, d.Reason })]
                )
            );
    }
}
