using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>How far a run of a job is at a moment at which nothing of it runs: all that is needed to go on from there without what led to it.</summary>
/// <param name="Nodes">The nodes that have begun or ended; all others wait for those they depend on.</param>
/// <param name="HasErrors">Whether a node has failed, or a job within the job ended with errors, and the job goes on all the same.</param>
public sealed record JobStanding(IReadOnlyList<NodeStanding> Nodes, bool HasErrors);

/// <summary>Where a node stands.</summary>
/// <param name="Node">The node.</param>
/// <param name="Status">How it ended; <see cref="NodeStatus.Waiting"/> for one that begins again.</param>
/// <param name="Attempts">How many attempts at it have begun, its fallback not counted.</param>
/// <param name="IsFallback">Whether its fallback runs, or will.</param>
/// <param name="Cause">The node because of which it was skipped; null for none.</param>
/// <param name="Due">When its next attempt is made; null where it does not wait for a time.</param>
public sealed record NodeStanding(string Node, NodeStatus Status, int Attempts, bool IsFallback, string? Cause, DateTimeOffset? Due);
