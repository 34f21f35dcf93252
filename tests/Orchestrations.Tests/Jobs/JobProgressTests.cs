using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

public sealed class JobProgressTests
{
    private static readonly RetryPolicy Twice = new(2, TimeSpan.FromSeconds(30), Backoff.Exponential, TimeSpan.FromMinutes(15));

    [Fact]
    public void Any_job_goes_as_the_table_says() =>
        Prop.ForAll(RandomJobs.All.ToArbitrary(), FollowsTheTable).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void A_job_that_goes_on_from_where_it_stood_goes_as_one_that_was_never_interrupted() =>
        Prop.ForAll(RandomJobs.All.ToArbitrary(), job => Assert.Equal(Decisions(job), Decisions(job, isInterrupted: true)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void A_job_stands_nowhere_while_a_node_runs_and_when_it_has_ended()
    {
        var progress = JobProgress.Begin(new JobGraph([new("a", [])]));
        var due = new Dictionary<string, DateTimeOffset>();
        Assert.Empty(progress.Standing(due).Nodes);

        progress.Next();
        Assert.Throws<InvalidOperationException>(() => progress.Standing(due));
        progress.Ended("a", NodeResult.Succeeded);
        Assert.Throws<InvalidOperationException>(() => progress.Standing(due));
    }

    [Fact]
    public void The_same_calls_give_the_same_decisions() =>
        Prop.ForAll(RandomJobs.All.ToArbitrary(), job => Assert.Equal(Decisions(job), Decisions(job))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(FailureAction.Halt, "a Failed, b NotStarted, c NotStarted, d Succeeded", JobStatus.Failed)]
    [InlineData(FailureAction.Skip, "a Failed, b Skipped, c Skipped, d Succeeded", JobStatus.CompletedWithErrors)]
    [InlineData(FailureAction.Continue, "a Failed, b Succeeded, c Succeeded, d Succeeded", JobStatus.CompletedWithErrors)]
    [InlineData(FailureAction.Fallback, "a Replaced, b Succeeded, c Succeeded, d Succeeded", JobStatus.Completed)]
    public void A_failure_does_what_its_policy_says(FailureAction action, string states, JobStatus ending)
    {
        var graph = new JobGraph([new("a", [], action), new("b", ["a"]), new("c", ["b"]), new("d", [])]);
        var progress = JobProgress.Begin(graph);

        Assert.Equal(["a", "d"], progress.Next().Select(s => s.Node));
        progress.Ended("a", NodeResult.Failed);
        progress.Ended("d", NodeResult.Succeeded);
        while (progress.Next() is { Count: > 0 } starts)
            foreach (var start in starts)
                progress.Ended(start.Node, NodeResult.Succeeded);

        Assert.Equal(states, States(graph, progress));
        Assert.Equal(ending, progress.Ending);
    }

    [Fact]
    public void A_fallback_that_fails_too_halts_the_job()
    {
        var graph = new JobGraph([new("a", [], FailureAction.Fallback), new("b", ["a"])]);
        var progress = JobProgress.Begin(graph);

        progress.Next();
        progress.Ended("a", NodeResult.Failed);
        Assert.Equal([new NodeStart("a", 1, IsFallback: true)], progress.Next());
        progress.Ended("a", NodeResult.FailedTransiently);

        Assert.Equal(("a Failed, b NotStarted", JobStatus.Failed), (States(graph, progress), progress.Ending));
        Assert.Equal("a", progress.CauseOf("b"));
    }

    [Fact]
    public void What_may_pass_is_tried_again_and_what_does_not_is_not()
    {
        var graph = new JobGraph([new("a", [], FailureAction.Skip) { Retry = Twice }, new("b", ["a"])]);
        var progress = JobProgress.Begin(graph);

        progress.Next();
        Assert.Equal(TimeSpan.FromSeconds(30), progress.Ended("a", NodeResult.FailedTransiently));
        Assert.Empty(progress.Next());
        progress.Retry("a");
        Assert.Equal([new NodeStart("a", 2, IsFallback: false)], progress.Next());
        Assert.Equal(TimeSpan.FromSeconds(60), progress.Ended("a", NodeResult.FailedTransiently));
        progress.Retry("a");
        progress.Next();
        Assert.Null(progress.Ended("a", NodeResult.FailedTransiently));
        Assert.Equal(
            ("a Failed, b Skipped", JobStatus.CompletedWithErrors, 3),
            (States(graph, progress), progress.Ending, progress.AttemptsOf("a"))
        );

        var other = JobProgress.Begin(graph);
        other.Next();
        Assert.Null(other.Ended("a", NodeResult.Failed));
        Assert.Equal(JobStatus.CompletedWithErrors, other.Ending);
    }

    [Fact]
    public void A_condition_that_is_not_true_is_no_failure()
    {
        var graph = new JobGraph([new("a", []), new("b", ["a"]), new("c", [])]);
        var progress = JobProgress.Begin(graph);

        progress.Next();
        progress.Ended("a", NodeResult.LeftOut);
        progress.Ended("c", NodeResult.Succeeded);

        Assert.Equal(("a Skipped, b Skipped, c Succeeded", JobStatus.Completed), (States(graph, progress), progress.Ending));
        Assert.Equal((null, "a"), (progress.CauseOf("a"), progress.CauseOf("b")));
    }

    [Fact]
    public void An_approval_holds_no_slot_and_is_not_waited_for_once_the_job_halts()
    {
        var graph = new JobGraph([new("ok", []) { Kind = NodeKind.Approval }, new("a", []), new("b", ["ok"])], maxParallel: 1);
        var progress = JobProgress.Begin(graph);

        Assert.Equal(["ok", "a"], progress.Next().Select(s => s.Node));
        progress.Ended("a", NodeResult.Failed);

        Assert.Equal(("ok Cancelled, a Failed, b NotStarted", JobStatus.Failed), (States(graph, progress), progress.Ending));
        Assert.Null(progress.Ended("ok", NodeResult.Succeeded));
        Assert.Equal(NodeStatus.Cancelled, progress.StatusOf("ok"));
    }

    [Fact]
    public void A_cancelled_job_lets_what_runs_end()
    {
        var graph = new JobGraph([new("a", []), new("b", []), new("c", ["a"])]);
        var progress = JobProgress.Begin(graph);

        progress.Next();
        progress.Cancel();
        Assert.Null(progress.Ending);
        progress.Ended("a", NodeResult.Succeeded);
        progress.Ended("b", NodeResult.Stopped);

        Assert.Equal(("a Succeeded, b Cancelled, c NotStarted", JobStatus.Cancelled), (States(graph, progress), progress.Ending));
    }

    [Fact]
    public void What_is_kept_is_not_run_again()
    {
        var graph = new JobGraph([new("a", []), new("b", ["a"]), new("c", ["b"])]);

        Assert.Equal(["c"], JobProgress.Begin(graph, ["a", "b"]).Next().Select(s => s.Node));
        Assert.Equal(JobStatus.Completed, JobProgress.Begin(graph, ["a", "b", "c"]).Ending);
        Assert.Throws<KeyNotFoundException>(() => JobProgress.Begin(graph, ["x"]));
    }

    [Fact]
    public void Only_what_has_begun_can_end()
    {
        var progress = JobProgress.Begin(new JobGraph([new("a", []), new("b", ["a"])]));

        Assert.Throws<InvalidOperationException>(() => progress.Ended("b", NodeResult.Succeeded));
        Assert.Throws<KeyNotFoundException>(() => progress.Ended("x", NodeResult.Succeeded));
    }

    private static void FollowsTheTable(RandomJob job)
    {
        var progress = JobProgress.Begin(job.Graph, job.Kept);
        var table = new PolicyTable(job.Graph, job.Kept);
        var nodes = job.Graph.Nodes.ToDictionary(n => n.Id);
        for (var step = 0; progress.Ending is null; step++)
        {
            Assert.True(step < job.Script.Length, "the job does not end");
            if (step == job.CancelAt)
            {
                progress.Cancel();
                table.Cancel();
            }
            var starts = progress.Next();
            Assert.Equal(table.Begin(), starts.Select(s => (s.Node, s.IsFallback)));
            HoldsOrder(job.Graph, progress, starts);
            AgreesWith(table, job.Graph, progress);
            var (which, result) = job.Script[step];
            var may = job.Graph.Nodes.Where(n => Runs(progress, n) || table.AwaitsRetry(n)).ToList();
            if (may.Count == 0)
                break;
            var node = may[which % may.Count];
            if (Runs(progress, node))
            {
                // A condition is asked before the first attempt, and never of a fallback.
                result = result == NodeResult.LeftOut && progress.AttemptsOf(node.Id) > 1 ? NodeResult.Failed : result;
                result = result == NodeResult.LeftOut && table.UsesFallback(node) ? NodeResult.Failed : result;
                var delay = progress.Ended(node.Id, result);
                table.End(node, result);
                Assert.Equal(table.AwaitsRetry(node), delay is not null);
            }
            else
            {
                progress.Retry(node.Id);
                table.BecomesDue(node);
            }
            AgreesWith(table, job.Graph, progress);
        }
        Assert.NotNull(progress.Ending);
        Assert.Empty(progress.Next());
    }

    private static bool Runs(JobProgress progress, GraphNode node) =>
        progress.StatusOf(node.Id) is NodeStatus.Running or NodeStatus.WaitingForApproval;

    private static void AgreesWith(PolicyTable table, JobGraph graph, JobProgress progress)
    {
        Assert.Equal(
            string.Join(", ", graph.Nodes.Select(n => $"{n.Id} {table.StatusOf(n)}")),
            string.Join(", ", graph.Nodes.Select(n => $"{n.Id} {progress.StatusOf(n.Id)}"))
        );
        Assert.Equal(table.Ending, progress.Ending);
    }

    private static void HoldsOrder(JobGraph graph, JobProgress progress, IReadOnlyList<NodeStart> starts)
    {
        var running = graph.Nodes.Count(n => progress.StatusOf(n.Id) == NodeStatus.Running);
        Assert.True(running <= (graph.MaxParallel ?? int.MaxValue), $"{running} nodes run, at most {graph.MaxParallel} may");
        foreach (var above in starts.SelectMany(s => graph.Nodes.Single(n => n.Id == s.Node).DependsOn))
            Assert.Contains(progress.StatusOf(above), new[] { NodeStatus.Succeeded, NodeStatus.Failed, NodeStatus.Replaced });
    }

    private static List<string> Decisions(RandomJob job, bool isInterrupted = false)
    {
        var progress = JobProgress.Begin(job.Graph, job.Kept);
        var decisions = new List<string>();
        var due = new Dictionary<string, DateTimeOffset>();
        foreach (var (which, result) in job.Script)
        {
            if (isInterrupted && progress.Ending is null && !job.Graph.Nodes.Any(n => Runs(progress, n)))
                progress = JobProgress.Continue(job.Graph, Written(progress.Standing(due)));
            decisions.AddRange(progress.Next().Select(s => s.ToString()));
            foreach (var node in job.Graph.Nodes.Where(n => progress.AttemptsOf(n.Id) > 0))
            {
                due.Remove(node.Id);
                progress.Retry(node.Id);
            }
            if (job.Graph.Nodes.Where(n => Runs(progress, n)).ToList() is { Count: > 0 } running)
            {
                var node = running[which % running.Count].Id;
                var delay = progress.Ended(node, result);
                if (delay is { } time)
                    due[node] = DateTimeOffset.UnixEpoch + time;
                decisions.Add($"{delay}");
            }
        }
        var causes = job.Graph.Nodes.Select(n => $"{n.Id} because of {progress.CauseOf(n.Id)}");
        return [.. decisions, .. causes, States(job.Graph, progress), $"{progress.Ending}"];
    }

    /// <summary>It as it is in a history.</summary>
    private static JobStanding Written(JobStanding standing) =>
        JsonSerializer.Deserialize<JobStanding>(JsonSerializer.Serialize(standing, DurableJson.Options), DurableJson.Options)!;

    private static string States(JobGraph graph, JobProgress progress) =>
        string.Join(", ", graph.Nodes.Select(n => $"{n.Id} {progress.StatusOf(n.Id)}"));
}
