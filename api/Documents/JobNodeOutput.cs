using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Documents;

/// <summary>A node of a job's graph.</summary>
/// <param name="Id">Its name, unique within the job.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Runs">The pipeline or job that it runs, as <c>app/layer/id</c>; absent for an approval, and while there is none of that name.</param>
/// <param name="DependsOn">The nodes that must have ended before it begins.</param>
/// <param name="OnFailure">What happens when it has failed for good.</param>
/// <param name="Retry">How it is tried again; absent when it is not.</param>
/// <param name="Fallback">The id of the pipeline that runs in its place when it failed.</param>
/// <param name="When">The condition on which it runs.</param>
/// <param name="TimeoutSeconds">How long an attempt may take, or how long it waits for an answer; absent for any time.</param>
/// <param name="Approvers">Who may approve; empty for anyone.</param>
/// <param name="Line">Where it is declared.</param>
public sealed record JobNodeOutput(
    string Id,
    NodeKind Kind,
    string? Runs,
    IReadOnlyList<string> DependsOn,
    FailureAction OnFailure,
    RetryOutput? Retry,
    string? Fallback,
    string? When,
    double? TimeoutSeconds,
    IReadOnlyList<string> Approvers,
    int Line
)
{
    internal static JobNodeOutput Of(JobNode node, NodeReference? reference) =>
        new(
            node.Id,
            node.Kind,
            reference?.Document.Address.ToString(),
            node.DependsOn,
            node.OnFailure,
            node.Retry is { } retry
                ? new RetryOutput(retry.MaxRetries, retry.Delay.TotalSeconds, retry.Backoff, retry.MaxDelay.TotalSeconds)
                : null,
            node.Fallback,
            node.When?.Value,
            node.Timeout?.TotalSeconds,
            node.Approvers,
            node.Location.Line
        );
}

/// <summary>How a node is tried again.</summary>
/// <param name="MaxRetries">How often at most.</param>
/// <param name="DelaySeconds">The time before the first retry.</param>
/// <param name="Backoff">How that grows.</param>
/// <param name="MaxDelaySeconds">What it grows to at most.</param>
public sealed record RetryOutput(int MaxRetries, double DelaySeconds, Backoff Backoff, double MaxDelaySeconds);
