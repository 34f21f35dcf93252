using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

public sealed class JobSimulationTests
{
    private static readonly JobGraph Graph = new([
        new("load", [], FailureAction.Skip) { Retry = new RetryPolicy(2, TimeSpan.FromHours(1), Backoff.Fixed, TimeSpan.FromHours(1)) },
        new("other", [], FailureAction.Fallback),
        new("ask", ["other"]) { Kind = NodeKind.Approval },
        new("report", ["load", "ask"]),
    ]);

    [Theory]
    [InlineData(
        "",
        "1 load, 1 other, 2 ask, 3 report",
        "load Succeeded, other Succeeded, ask Succeeded, report Succeeded",
        JobStatus.Completed
    )]
    [InlineData(
        "load",
        "1 load!, 1 other, 2 ask",
        "load Failed, other Succeeded, ask Succeeded, report Skipped by load",
        JobStatus.CompletedWithErrors
    )]
    [InlineData(
        "load=2",
        "1 load?, 1 other, 2 load?, 2 ask, 3 load, 4 report",
        "load Succeeded, other Succeeded, ask Succeeded, report Succeeded",
        JobStatus.Completed
    )]
    [InlineData(
        "other",
        "1 load, 1 other!, 2 other', 3 ask, 4 report",
        "load Succeeded, other Replaced, ask Succeeded, report Succeeded",
        JobStatus.Completed
    )]
    [InlineData(
        "other,other.fallback",
        "1 load, 1 other!, 2 other'!",
        "load Succeeded, other Failed, ask NotStarted by other, report NotStarted by other",
        JobStatus.Failed
    )]
    public void It_goes_as_a_run_would(string fails, string steps, string ends, JobStatus ending)
    {
        var failures = fails
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(f => f.Split('='))
            .ToDictionary(f => f[0], f => new SimulatedFailure(f.Length > 1 ? int.Parse(f[1]) : null));

        var simulation = JobSimulation.Of(Graph, new Suppositions(failures, new HashSet<string>()));

        Assert.Equal(steps, string.Join(", ", simulation.Steps.Select(Short)));
        Assert.Equal(
            ends,
            string.Join(", ", simulation.Nodes.Select(n => $"{n.Node} {n.Status}{(n.Cause is null ? "" : " by " + n.Cause)}"))
        );
        Assert.Equal(ending, simulation.Ending);
    }

    [Fact]
    public void A_condition_may_be_supposed_not_to_hold()
    {
        var simulation = JobSimulation.Of(
            Graph,
            new Suppositions(new Dictionary<string, SimulatedFailure>(), new HashSet<string> { "ask" })
        );

        Assert.Equal(
            [NodeStatus.Succeeded, NodeStatus.Succeeded, NodeStatus.Skipped, NodeStatus.Skipped],
            simulation.Nodes.Select(n => n.Status)
        );
        Assert.Equal(JobStatus.Completed, simulation.Ending);
    }

    private static string Short(SimulatedStep step) =>
        $"{step.Round} {step.Node}{(step.IsFallback ? "'" : "")}"
        + step.Result switch
        {
            NodeResult.Failed => "!",
            NodeResult.FailedTransiently => "?",
            _ => "",
        };
}
