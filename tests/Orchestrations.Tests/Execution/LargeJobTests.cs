using System.Collections.Concurrent;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Orchestrations.Tests.Embedded;

namespace ServerlessHub.Orchestrations.Tests.Execution;

/// <summary>Jobs of a thousand nodes on the embedded runtime; its activities only note that they were called.</summary>
public sealed class LargeJobTests : IDisposable
{
    private const int Nodes = 1_000;
    private const int LongestHistory = 550;
    private const string RunId = "run";

    private readonly TestStore store = new();
    private readonly ConcurrentDictionary<string, int> attempts = [];
    private EmbeddedRuntime runtime = null!;
    private JobEnd? end;
    private int calls;
    private int longest;

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task A_chain_of_a_thousand_ends_after_histories_of_which_none_is_long()
    {
        Open([.. Enumerable.Range(0, Nodes).Select(n => Node(n, n == 0 ? [] : [n - 1]))]);
        var state = await Run();

        Assert.Equal((JobStatus.Completed, Nodes), (end!.Status, end.Nodes.Count(n => n.Status == NodeStatus.Succeeded)));
        Assert.Equal(InstanceStatus.Completed, state.Status);
        HasCalledEachOnce();
        Assert.InRange(longest, 1, LongestHistory);
    }

    [Fact]
    public async Task A_thousand_side_by_side_are_started_at_once_and_the_last_waits_for_all()
    {
        var late = 0;
        Open(
            [.. Enumerable.Range(0, Nodes - 1).Select(n => Node(n, [])), Node(Nodes - 1, [.. Enumerable.Range(0, Nodes - 1)])],
            attempt =>
            {
                if (attempt.Node == Name(Nodes - 1))
                    late = attempts.Count;
                return NodeResult.Succeeded;
            }
        );
        await Run();

        Assert.Equal((JobStatus.Completed, Nodes), (end!.Status, late));
        HasCalledEachOnce();
    }

    [Fact]
    public async Task A_node_that_is_tried_again_a_thousand_times_does_not_make_the_history_grow()
    {
        var retry = new RetryPolicy(Nodes, TimeSpan.FromTicks(1), Backoff.Fixed, TimeSpan.FromTicks(1));
        Open([Node(0, []) with { Retry = retry, OnFailure = FailureAction.Skip }, Node(1, [0])], _ => NodeResult.FailedTransiently);
        await Run();

        Assert.Equal(JobStatus.CompletedWithErrors, end!.Status);
        Assert.Equal(["n0 Failed", "n1 Skipped"], end.Nodes.Select(n => $"{n.Node} {n.Status}"));
        Assert.Equal(Nodes + 1, attempts["n0"]);
        Assert.InRange(longest, 1, LongestHistory);
    }

    private void Open(GraphNode[] nodes, Func<NodeAttempt, NodeResult>? run = null) =>
        runtime = store.Open(
            new DurableTasks { Version = JobActivities.Version }
                .AddOrchestrator<JobInput, JobOutcome>(JobOrchestrator.Name, JobOrchestrator.Run)
                .AddActivity<JobInput, AdmissionAnswer>(JobActivities.Enter, (_, _) => Task.FromResult(AdmissionAnswer.Admitted))
                .AddActivity<JobInput, JobPlan>(
                    JobActivities.Begin,
                    (_, _) => Task.FromResult(new JobPlan([.. nodes.Select(n => new JobPlanNode(n, null))], null, []))
                )
                .AddActivity<NodeAttempt, NodeResult>(
                    JobActivities.RunPipeline,
                    (_, attempt) =>
                    {
                        attempts.AddOrUpdate(attempt.Node, 1, (_, before) => before + 1);
                        if (Interlocked.Increment(ref calls) % 50 == 0)
                            longest = Math.Max(longest, runtime.History.Turns(runtime.Instances[RunId].Head).Count);
                        return Task.FromResult(run?.Invoke(attempt) ?? NodeResult.Succeeded);
                    }
                )
                .AddActivity<JobEnd, bool>(JobActivities.End, (_, ended) => Task.FromResult((end = ended) is not null))
        );

    private async Task<InstanceState> Run()
    {
        await runtime.Start(JobOrchestrator.Name, RunId, new JobInput(RunId));
        return await runtime.WaitForEnd(RunId);
    }

    private void HasCalledEachOnce() => Assert.Equal((Nodes, 1, 1), (attempts.Count, attempts.Values.Min(), attempts.Values.Max()));

    private static GraphNode Node(int n, int[] above) => new(Name(n), [.. above.Select(Name)]);

    private static string Name(int n) => $"n{n}";
}
