using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>Whether a node's attributes go together.</summary>
internal static class NodePolicyCheck
{
    private static readonly string[] OfRetry = ["maxRetries", "retryDelay", "backoff", "maxRetryDelay", "then"];

    /// <summary>Reports those that do not.</summary>
    public static void Check(JobNode node, Diagnostics findings)
    {
        if (node.Kind == NodeKind.Approval)
            return;
        var element = node.Element;
        if (node.Retry is null)
            foreach (var attribute in OfRetry.Where(element.Has))
                findings.Add(
                    Rule.ConflictingAttributes,
                    element.LocationOf(attribute),
                    $"{attribute} says how '{node.Id}' is tried again, but its onFailure is '{element["onFailure"]}'",
                    "write onFailure=\"retry\", or remove it"
                );
        if (node.OnFailure == FailureAction.Fallback && node.Fallback is null)
            findings.Add(
                Rule.UselessFallback,
                element.LocationOf(node.Retry is null ? "onFailure" : "then"),
                $"'{node.Id}' has no fallback",
                "name a pipeline: fallback=\"…\""
            );
        else if (node.OnFailure != FailureAction.Fallback && node.Fallback is not null)
            findings.Add(
                Rule.UselessFallback,
                element.LocationOf("fallback"),
                $"the fallback of '{node.Id}' can never run: {(node.Retry is null ? "onFailure" : "then")} is '{element[node.Retry is null ? "onFailure" : "then"]}'",
                node.Retry is null ? "write onFailure=\"fallback\", or remove it" : "write then=\"fallback\", or remove it"
            );
        else if (node.Kind == NodeKind.Pipeline && node.Fallback is not null && node.Fallback == node.Target)
            findings.Add(
                Rule.UselessFallback,
                element.LocationOf("fallback"),
                $"the fallback of '{node.Id}' is the pipeline itself, which has failed by then",
                "name another pipeline, or let it be tried again: onFailure=\"retry\""
            );
    }
}
