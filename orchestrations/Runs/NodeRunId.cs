using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>The ids under which the nodes of a job's run do their work: the same in every attempt, so that what is committed is found done.</summary>
public static class NodeRunId
{
    private const int LongestName = 60;

    /// <summary>The id of a node's pipeline or job: <c>&lt;run&gt;.&lt;node&gt;</c>; of a long one, the end is a hash.</summary>
    public static string Of(string runId, string node) => Fit($"{runId}.{Short(node)}");

    /// <summary>The id of a node's fallback.</summary>
    public static string OfFallback(string runId, string node) => Fit($"{runId}.{Short(node)}.fallback");

    /// <summary>The id of a later attempt at a job within the job: each is a run of its own.</summary>
    public static string OfAttempt(string runId, string node, int attempt) =>
        attempt == 1 ? Of(runId, node) : Fit($"{runId}.{Short(node)}.{attempt}");

    /// <summary>The name of a node in a folder: its id, or a hash of one that is long or has other letters than a run's id may have.</summary>
    internal static string FileName(string node) => Short(node);

    private static string Short(string node) =>
        node.Length <= LongestName && RunId.IsValid(node) ? node
        : node.All(char.IsAscii) ? $"{node[..(LongestName - 17)]}-{Hash(node)}"
        : Hash(node);

    // Jobs within jobs make it longer with each.
    private static string Fit(string id) => RunId.IsValid(id) ? id : $"{id[..40]}-{Hash(id)}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
