using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Api.Documents;

/// <summary>Whether a stream has lost or doubled anything, as its logs and tables say.</summary>
/// <param name="Stream">The stream, as app/layer/id.</param>
/// <param name="IsProven">Whether everything that was looked at is as it must be.</param>
/// <param name="Checks">What was looked at, in the order of the phases; empty where the stream has read nothing yet.</param>
public sealed record StreamVerificationOutput(string Stream, bool IsProven, IReadOnlyList<StreamCheckOutput> Checks)
{
    /// <summary>What was found of a stream.</summary>
    public static StreamVerificationOutput Of(StreamDefinition stream, IReadOnlyList<StreamCheck> checks) =>
        new(
            stream.Address.ToString(),
            checks.All(c => c.IsProven),
            [.. checks.Select(c => new StreamCheckOutput(c.Phase, c.Table, c.Partition, c.What, c.IsProven, c.Detail))]
        );
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Phase">The phase: <c>ingest</c>, <c>flatten</c>, or <c>summarise</c>.</param>
/// <param name="Table">The table's name in full.</param>
/// <param name="Partition">The partition, as topic/partition; absent where it is of all.</param>
/// <param name="What">What was looked at.</param>
/// <param name="IsProven">Whether it is as it must be.</param>
/// <param name="Detail">What was found, in numbers.</param>
public sealed record StreamCheckOutput(string Phase, string Table, string? Partition, string What, bool IsProven, string Detail);
