using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Host.Tests.Output;

public sealed class JobRunWatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_picture_has_the_graph_the_nodes_that_have_not_begun_and_the_time_that_is_left()
    {
        var run = new JobRun
        {
            RunId = "r1",
            App = "shop",
            Layer = "staging",
            Job = "nightly",
            Version = "1",
            Revision = "",
            Status = JobStatus.Running,
            Trigger = new RunTrigger(TriggerKind.Cli, "ada"),
            Queued = Now.AddSeconds(-30),
            Started = Now.AddSeconds(-30),
            Nodes =
            [
                new NodeRun
                {
                    Node = "load",
                    Status = NodeStatus.Succeeded,
                    Attempts = 1,
                    RowsWritten = 1234,
                    Started = Now.AddSeconds(-30),
                    Ended = Now.AddSeconds(-10),
                },
                new NodeRun
                {
                    Node = "sales",
                    Status = NodeStatus.Running,
                    Attempts = 1,
                    Started = Now.AddSeconds(-10),
                    Progress = new NodeProgress("writing", 40),
                },
            ],
        };
        var shape = new RunShape(
            [new GraphNode("load", []), new GraphNode("sales", ["load"]), new GraphNode("report", ["load"])],
            new RunDurations([90, 90, 90, 90, 90], new Dictionary<string, IReadOnlyList<double>>())
        );
        using var terminal = new RecordedTerminal();

        terminal.Terminal.ErrorScreen.Write(JobRunWatch.Picture(run, shape, Now));

        var lines = terminal.Error.Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        Assert.Contains("nightly r1 running 1/3 about 1 min 0 s left", lines);
        Assert.Contains("● load succeeded 1 234 20.0 s", lines);
        Assert.Contains(lines, l => l.EndsWith("● sales running 10.0 s writing 40 %", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.EndsWith("● report", StringComparison.Ordinal));
    }
}
