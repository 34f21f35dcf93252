using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class SlaTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Chain = new()
    {
        ["a"] = [],
        ["b"] = ["a"],
        ["c"] = ["a"],
        ["d"] = ["b", "c"],
    };

    private static readonly RunDurations Known = new(
        Tens(10),
        new Dictionary<string, IReadOnlyList<double>>
        {
            ["a"] = Tens(1),
            ["b"] = Tens(5),
            ["c"] = Tens(2),
            ["d"] = Tens(1),
        }
    );

    [Fact]
    public void A_run_is_due_so_long_after_its_scheduled_time_or_else_its_start()
    {
        var sla = TimeSpan.FromHours(2);
        Assert.Equal(Samples.Time.AddHours(1), Sla.Due(sla, Samples.Time.AddHours(-1), Samples.Time));
        Assert.Equal(Samples.Time.AddHours(2), Sla.Due(sla, null, Samples.Time));
        Assert.Null(Sla.Due(null, null, Samples.Time));
    }

    [Theory]
    [InlineData(JobStatus.Running, 59, SlaStatus.Open)]
    [InlineData(JobStatus.Running, 61, SlaStatus.Missed)]
    [InlineData(JobStatus.Queued, 61, SlaStatus.Missed)]
    [InlineData(JobStatus.Completed, 61, SlaStatus.Met)]
    [InlineData(JobStatus.CompletedWithErrors, 61, SlaStatus.Met)]
    [InlineData(JobStatus.Failed, 59, SlaStatus.Missed)]
    [InlineData(JobStatus.Skipped, 59, null)]
    public void The_promise_is_kept_by_ending_well_in_time(JobStatus status, int minutes, SlaStatus? expected) =>
        Assert.Equal(
            expected,
            Sla.StatusOf(Samples.Job("r", status) with { Due = Samples.Time.AddHours(1) }, Samples.Time.AddMinutes(minutes))
        );

    [Fact]
    public void An_end_after_the_due_time_is_a_miss_and_no_promise_is_none()
    {
        var run = Samples.Job("r", JobStatus.Completed);
        Assert.Equal(SlaStatus.Missed, Sla.StatusOf(run with { Due = run.Ended!.Value.AddSeconds(-1) }, run.Ended.Value));
        Assert.Null(Sla.StatusOf(run, Samples.Time));
    }

    [Fact]
    public void Nine_in_ten_of_the_last_thirty_did_not_take_longer()
    {
        Assert.Equal(27, Sla.Typical([.. Enumerable.Range(1, 30).Select(i => (double)i), .. Enumerable.Repeat(1000.0, 10)]));
        Assert.Equal(5, Sla.Typical([1, 2, 3, 4, 5]));
        Assert.Null(Sla.Typical([1, 2, 3, 4]));
    }

    [Fact]
    public void The_end_is_predicted_along_the_longest_way_through_the_nodes()
    {
        // a took 3 s, twice what it should; b has 10 s behind it, c waits, d comes after both.
        var run = Run(Samples.Node("a") with { Ended = At(30) }, Samples.Node("b", NodeStatus.Running) with { Started = At(30) });
        Assert.Equal(At(30 + 50 + 10), Sla.PredictEnd(run, Chain, Known, At(40)));
        // b takes longer than it ever did: it ends now at the earliest.
        Assert.Equal(
            At(200 + 10),
            Sla.PredictEnd(run with { Nodes = [.. run.Nodes, Samples.Node("c") with { Ended = At(60) }] }, Chain, Known, At(200))
        );
    }

    [Fact]
    public void Where_a_node_is_not_known_the_job_is_predicted_as_a_whole()
    {
        var history = Known with { Nodes = new Dictionary<string, IReadOnlyList<double>> { ["a"] = Tens(1) } };
        var run = Run(Samples.Node("a", NodeStatus.Running));
        Assert.Equal(run.Started!.Value.AddSeconds(100), Sla.PredictEnd(run, Chain, history, At(10)));
        Assert.Null(Sla.PredictEnd(run, Chain, history with { Job = [1, 2] }, At(10)));
    }

    [Fact]
    public void A_miss_is_predicted_before_it_happens_and_not_after()
    {
        var run = Run(Samples.Node("a", NodeStatus.Running) with { Started = At(0) });
        Assert.True(Sla.WillMiss(run with { Due = At(69) }, Chain, Known, At(5)));
        Assert.False(Sla.WillMiss(run with { Due = At(70) }, Chain, Known, At(5)));
        Assert.False(Sla.WillMiss(run with { Due = At(4) }, Chain, Known, At(5)));
    }

    private static JobRun Run(params NodeRun[] nodes) => Samples.Job("r") with { Nodes = nodes };

    private static DateTimeOffset At(double seconds) => Samples.Time.AddSeconds(seconds);

    private static double[] Tens(int tens) => [.. Enumerable.Repeat(10.0 * tens, 9), 1_000_000];
}
