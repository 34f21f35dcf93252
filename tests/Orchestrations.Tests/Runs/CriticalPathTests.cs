using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class CriticalPathTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Graph = new()
    {
        ["last"] = ["long", "short", "quick"],
        ["first"] = [],
        ["short"] = ["first"],
        ["long"] = ["first"],
        ["quick"] = [],
    };

    [Fact]
    public void The_chain_that_takes_longest_is_found_by_what_each_node_takes()
    {
        var path = CriticalPath.Of(Graph, Took(("first", 2), ("short", 3), ("long", 4), ("quick", 5), ("last", 1)))!;
        Assert.Equal(["first", "long", "last"], path.Nodes);
        Assert.Equal(TimeSpan.FromSeconds(7), path.Duration);

        Assert.Equal(
            ["quick", "last"],
            CriticalPath.Of(Graph, Took(("first", 2), ("short", 3), ("long", 4), ("quick", 7), ("last", 1)))!.Nodes
        );
    }

    [Fact]
    public void Where_a_node_has_hardly_run_nothing_is_said()
    {
        Assert.Null(CriticalPath.Of(Graph, Took(("first", 2), ("short", 3), ("long", 4), ("last", 1))));
        Assert.Null(CriticalPath.Of(new Dictionary<string, IReadOnlyList<string>>(), Took()));
    }

    private static RunDurations Took(params (string Node, double Seconds)[] nodes) =>
        new([], nodes.ToDictionary(n => n.Node, n => (IReadOnlyList<double>)[.. Enumerable.Repeat(n.Seconds, 5)]));
}
