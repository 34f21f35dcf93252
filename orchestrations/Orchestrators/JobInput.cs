using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>What a job's orchestration is given: the run, whose document says all else.</summary>
/// <param name="RunId">The run's id.</param>
public sealed record JobInput(string RunId)
{
    /// <summary>Where the run stood when its long history ended and this one began; null at the run's beginning.</summary>
    public JobStanding? Standing { get; init; }
}

/// <summary>How a job's orchestration ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">How.</param>
public sealed record JobOutcome(string RunId, JobStatus Status);

/// <summary>What an orchestration has to know of its job: who waits for whom, and what happens on failure. It is pinned when the run begins.</summary>
/// <param name="Nodes">The nodes, in the order of the document.</param>
/// <param name="MaxParallel">How many run at a time at most; null for any number.</param>
/// <param name="Kept">The nodes that succeeded in the run that this one does again, and are not run.</param>
public sealed record JobPlan(IReadOnlyList<JobPlanNode> Nodes, int? MaxParallel, IReadOnlyList<string> Kept);

/// <summary>A node of a plan.</summary>
/// <param name="Node">Its place in the graph.</param>
/// <param name="Timeout">How long an approval waits; null for any time. A pipeline's attempts are watched by the activity that runs them.</param>
public sealed record JobPlanNode(GraphNode Node, TimeSpan? Timeout);

/// <summary>Names an attempt at a node.</summary>
/// <param name="RunId">The job's run.</param>
/// <param name="Node">The node.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="IsFallback">Whether the node's fallback is meant.</param>
public sealed record NodeAttempt(string RunId, string Node, int Attempt, bool IsFallback);

/// <summary>The run of a job within a job, ready to be started.</summary>
/// <param name="RunId">Its id; null where it could not be made ready.</param>
/// <param name="Result">How the attempt ended where there is no run.</param>
public sealed record ChildRun(string? RunId, NodeResult Result);

/// <summary>How the job within a job ended.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Status">How; null where its orchestration failed.</param>
public sealed record ChildEnd(NodeAttempt Attempt, JobStatus? Status);

/// <summary>What came of an approval.</summary>
/// <param name="Attempt">The node.</param>
/// <param name="Decision">What a person decided; null where nobody did in time.</param>
public sealed record ApprovalEnd(NodeAttempt Attempt, ApprovalDecision? Decision);

/// <summary>The end of a job's run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Nodes">Where its nodes stand.</param>
public sealed record JobEnd(string RunId, JobStatus Status, IReadOnlyList<NodeEnd> Nodes);

/// <summary>Where a node stands at the end.</summary>
/// <param name="Node">The node.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Cause">The node because of which it was skipped or not started; null for none.</param>
public sealed record NodeEnd(string Node, NodeStatus Status, string? Cause);

/// <summary>How a run is cancelled.</summary>
/// <param name="By">Who wants it.</param>
/// <param name="Stop">Whether what runs is stopped, rather than let finish.</param>
public sealed record CancelRequest(string By, bool Stop);

/// <summary>Passes a cancellation on to what a run has begun.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Request">How it is cancelled.</param>
public sealed record Cancellation(string RunId, CancelRequest Request);

/// <summary>Tells whoever wants to know of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="IsStart">Whether of its start, rather than its end.</param>
public sealed record Telling(string RunId, bool IsStart);
