using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>A document that a run uses, in the revision that was there when the run was accepted.</summary>
/// <param name="Node">The node that runs it, below the node of each job around it: <c>load</c>, <c>nightly/load</c>. Empty for the run's own document.</param>
/// <param name="IsFallback">Whether it is the node's fallback.</param>
/// <param name="Address">Whose it is, and its id.</param>
/// <param name="File">Its path in the hub root.</param>
/// <param name="Revision">The SHA-256 of its bytes in hexadecimal, as <see cref="RevisionStore"/> keeps it.</param>
public sealed record PinnedDocument(string Node, bool IsFallback, DocumentAddress Address, string File, string Revision)
{
    /// <summary>The documents of a job within a job, as its own run knows them.</summary>
    /// <param name="documents">Those of the run around it.</param>
    /// <param name="node">The node that is the job.</param>
    public static IReadOnlyList<PinnedDocument> Below(IEnumerable<PinnedDocument> documents, string node) =>
        [
            .. documents
                .Where(d => !d.IsFallback && d.Node == node || d.Node.StartsWith(node + "/", StringComparison.Ordinal))
                .Select(d => d with { Node = d.Node.Length > node.Length ? d.Node[(node.Length + 1)..] : "" }),
        ];
}
