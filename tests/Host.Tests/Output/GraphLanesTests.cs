using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Tests.Output;

public sealed class GraphLanesTests
{
    [Fact]
    public void A_chain_is_one_lane()
    {
        Assert.Equal(["● a", "● b", "▶ c"], Draw(("a", []), ("b", ["a"]), ("c", ["b"])));
    }

    [Fact]
    public void A_join_runs_two_lanes_into_one()
    {
        Assert.Equal(["● a", "│ ● b", "├─╯", "▶ c"], Draw(("a", []), ("b", []), ("c", ["a", "b"])));
    }

    [Fact]
    public void A_dataset_that_is_read_twice_keeps_its_lane()
    {
        Assert.Equal(["● a", "├─╮", "│ ▶ b", "▶ c"], Draw(("a", []), ("b", ["a"]), ("c", ["a"])));
    }

    [Fact]
    public void A_lane_between_two_that_join_is_passed()
    {
        Assert.Equal(
            ["● a", "│ ● b", "│ │ ● c", "├─│─╯", "● │ d", "├─╯", "▶ e"],
            Draw(("a", []), ("b", []), ("c", []), ("d", ["a", "c"]), ("e", ["d", "b"]))
        );
    }

    [Fact]
    public void Any_graph_is_drawn_with_every_node_once_and_in_order()
    {
        var graphs = Gen.Choose(0, 1_000_000).Select(seed => RandomGraph(new System.Random(seed)));
        Prop.ForAll(
                graphs.ToArbitrary(),
                nodes =>
                {
                    var lines = GraphLanes.Draw(nodes);
                    Assert.Equal(nodes.Select(n => n.Id), lines.Select(l => l.Id).OfType<string>());
                    Assert.All(lines, l => Assert.Equal(l.Id is null ? 0 : 1, l.Drawing.Count(c => c == '●')));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static List<LaneNode> RandomGraph(System.Random random) =>
        [
            .. Enumerable
                .Range(0, random.Next(1, 15))
                .Select(i => new LaneNode(
                    $"n{i}",
                    [.. Enumerable.Range(0, i).Where(_ => random.Next(4) == 0).Select(from => $"n{from}")],
                    '●'
                )),
        ];

    private static IEnumerable<string> Draw(params (string Id, string[] Inputs)[] nodes)
    {
        var read = nodes.SelectMany(n => n.Inputs).ToHashSet();
        var drawn = GraphLanes.Draw([.. nodes.Select(n => new LaneNode(n.Id, n.Inputs, read.Contains(n.Id) ? '●' : '▶'))]);
        return drawn.Select(l => $"{l.Drawing} {l.Id}".TrimEnd());
    }
}
