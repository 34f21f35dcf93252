using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class RerunPlanTests
{
    private static readonly RerunNode[] Nodes =
    [
        new("a", [], Samples.Revision),
        new("b", ["a"], Samples.Revision),
        new("c", ["a"], Samples.Revision),
        new("d", ["b", "c"], Samples.Revision),
    ];

    private static readonly JobRun Failed = Samples.Job("r1", JobStatus.Failed) with
    {
        Nodes =
        [
            Samples.Node("a"),
            Samples.Node("b", NodeStatus.Failed),
            Samples.Node("c") with
            {
                KeptFrom = "r0",
            },
            Samples.Node("d", NodeStatus.NotStarted) with
            {
                ChildRunId = null,
            },
        ],
    };

    private static readonly RerunRequest Request = new(
        RerunMode.Failed,
        null,
        Samples.Revision,
        Nodes,
        new Dictionary<string, string>(),
        new Dictionary<string, IReadOnlyList<string>>()
    );

    [Fact]
    public void A_failed_node_goes_on_under_its_id_and_what_succeeded_is_kept()
    {
        var plan = RerunPlan.Of(Failed, Request with { Committed = Committed("b", "customers", "orders") });
        Assert.Null(plan.Refusal);
        Assert.Empty(plan.Warnings);
        Assert.Equal(
            [
                new("a", "r1", null, 1, null),
                new("b", null, "r1.b", 2, "'customers', 'orders' were committed before, and left as they are"),
                new("c", "r0", null, 1, null),
                new("d", null, null, 1, null),
            ],
            plan.Nodes
        );
    }

    [Fact]
    public void What_depends_on_a_node_that_runs_again_runs_again_as_a_new_run()
    {
        var run = Failed with { Status = JobStatus.CompletedWithErrors, Nodes = [.. Failed.Nodes.Take(3), Samples.Node("d")] };
        Assert.Equal(new PlannedNode("d", null, null, 1, null), RerunPlan.Of(run, Request).Nodes[3]);
        var from = RerunPlan.Of(run, Request with { Mode = RerunMode.From, From = "c" }).Nodes;
        Assert.Equal(["r1", null, null, null], from.Select(n => n.KeptFrom));
        Assert.Equal([null, "r1.b", null, null], from.Select(n => n.ChildRunId));
    }

    [Fact]
    public void All_of_a_run_is_done_again_with_the_failed_node_under_its_id()
    {
        var plan = RerunPlan.Of(Failed, Request with { Mode = RerunMode.All });
        Assert.All(plan.Nodes, n => Assert.Null(n.KeptFrom));
        Assert.Equal([null, "r1.b", null, null], plan.Nodes.Select(n => n.ChildRunId));
    }

    [Fact]
    public void Other_parameters_are_refused_where_nodes_are_kept_and_make_new_runs_where_none_is()
    {
        var other = Request with { Parameters = new Dictionary<string, string> { ["country"] = "CH" } };
        Assert.Contains("'a', 'c' would be kept", RerunPlan.Of(Failed, other).Refusal, StringComparison.Ordinal);
        var all = RerunPlan.Of(Failed, other with { Mode = RerunMode.All, Committed = Committed("b", "customers") });
        Assert.All(all.Nodes, n => Assert.Null(n.ChildRunId));
        Assert.Contains("'b' had committed 'customers' in run r1", Assert.Single(all.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_document_makes_a_new_run_and_is_told_where_nodes_are_kept()
    {
        var changed = Nodes.Select(n => n with { Revision = n.Id is "b" or "c" ? new string('b', 64) : n.Revision }).ToArray();
        var plan = RerunPlan.Of(
            Failed,
            Request with
            {
                Nodes = changed,
                Revision = new string('c', 64),
                Committed = Committed("b", "customers"),
            }
        );
        Assert.Null(plan.Nodes[1].ChildRunId);
        Assert.Equal(3, plan.Warnings.Count);
        Assert.Contains("'a', 'c' are kept", plan.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("writes it once more", plan.Warnings[1], StringComparison.Ordinal);
        Assert.Contains("document of 'c' has changed", plan.Warnings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_new_in_the_document_runs()
    {
        RerunNode[] more = [.. Nodes, new("e", ["a"], Samples.Revision)];
        Assert.Equal(new PlannedNode("e", null, null, 1, null), RerunPlan.Of(Failed, Request with { Nodes = more }).Nodes[4]);
    }

    [Fact]
    public void A_replaced_node_is_kept_and_said_to_be()
    {
        var run = Failed with { Nodes = [Samples.Node("a", NodeStatus.Replaced), .. Failed.Nodes.Skip(1)] };
        Assert.Equal("its fallback had succeeded in its place", RerunPlan.Of(run, Request).Nodes[0].Note);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        var good = Samples.Job("r1", JobStatus.Completed) with { Nodes = [.. Nodes.Select(n => Samples.Node(n.Id))] };
        Assert.Contains("every node of run r1 succeeded", RerunPlan.Of(good, Request).Refusal, StringComparison.Ordinal);
        Assert.Contains("goes on", RerunPlan.Of(Samples.Job("r1"), Request).Refusal, StringComparison.Ordinal);
        Assert.Contains(
            "no node 'x'; its nodes are 'a', 'b', 'c', 'd'",
            RerunPlan.Of(good, Request with { Mode = RerunMode.From, From = "x" }).Refusal,
            StringComparison.Ordinal
        );
    }

    private static Dictionary<string, IReadOnlyList<string>> Committed(string node, params string[] targets) => new() { [node] = targets };
}
