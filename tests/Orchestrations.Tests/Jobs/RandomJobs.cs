using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

/// <summary>A job and what happens to it: which node ends next and how is read from the script, step by step.</summary>
/// <param name="Graph">The job.</param>
/// <param name="Kept">The nodes that are not run again.</param>
/// <param name="Script">A pair a step: which of those that may end, and how.</param>
/// <param name="CancelAt">The step before which it is cancelled; beyond the script for never.</param>
internal sealed record RandomJob(JobGraph Graph, IReadOnlySet<string> Kept, (int Which, NodeResult Result)[] Script, int CancelAt)
{
    public override string ToString() =>
        string.Join(
            '\n',
            Graph
                .Nodes.Select(n => $"{n.Id} ({n.Kind}, {n.OnFailure}, {n.Retry?.MaxRetries}) <- {string.Join(",", n.DependsOn)}")
                .Append($"at most {Graph.MaxParallel}; kept {string.Join(",", Kept)}; cancelled at {CancelAt}")
                .Append(string.Join(' ', Script.Select(s => $"{s.Which}:{s.Result}")))
        );
}

/// <summary>Random jobs of up to a dozen nodes.</summary>
internal static class RandomJobs
{
    private static readonly NodeResult[] Results = Enum.GetValues<NodeResult>();

    public static Gen<RandomJob> All { get; } =
        from size in Gen.Choose(1, 12)
        from nodes in Gen.CollectToArray(Enumerable.Range(0, size), Node)
        from order in Gen.Shuffle(nodes)
        from most in Gen.Elements<int?>(null, 1, 2, 3)
        from keeps in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, size)))
        from script in Step.ArrayOf(80)
        from cancelAt in Gen.Frequency((3, Gen.Constant(int.MaxValue)), (1, Gen.Choose(0, size)))
        select new RandomJob(new JobGraph(order, most), order.Take(keeps).Select(n => n.Id).ToHashSet(), script, cancelAt);

    // Mostly well, or little would ever be reached.
    private static Gen<(int, NodeResult)> Step { get; } =
        from which in Gen.Choose(0, 11)
        from result in Gen.Frequency((6, Gen.Constant(NodeResult.Succeeded)), (5, Gen.Elements(Results)))
        select (which, result);

    private static Gen<GraphNode> Node(int index) =>
        from above in Gen.SubListOf(Enumerable.Range(0, index).Select(i => $"n{i}"))
        from few in Gen.Choose(0, 3)
        from kind in Gen.Frequency(
            (4, Gen.Constant(NodeKind.Pipeline)),
            (1, Gen.Constant(NodeKind.Approval)),
            (1, Gen.Constant(NodeKind.Job))
        )
        from action in Gen.Elements(Enum.GetValues<FailureAction>())
        from retries in Gen.Choose(0, 2)
        select new GraphNode($"n{index}", [.. above.Take(few)], action)
        {
            Kind = kind,
            Retry = retries == 0 ? null : new RetryPolicy(retries, TimeSpan.FromSeconds(1), Backoff.Fixed, TimeSpan.FromMinutes(1)),
        };
}
