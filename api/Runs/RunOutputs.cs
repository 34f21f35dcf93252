using System.Text.Json.Nodes;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Runs;

/// <summary>How many runs there were.</summary>
/// <param name="Counts">By the day on which they were accepted and where they stand, the newest day first.</param>
public sealed record RunCountsOutput(IReadOnlyList<RunCount> Counts);

/// <summary>The reports of a run's pipelines.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Nodes">The nodes that have run a pipeline, in the order of the document.</param>
public sealed record RunReportsOutput(string RunId, IReadOnlyList<NodeReportsOutput> Nodes);

/// <summary>The reports of a node's pipeline.</summary>
/// <param name="Node">The node.</param>
/// <param name="RunId">The id under which the pipeline ran.</param>
/// <param name="IsFallback">Whether it was the node's fallback.</param>
/// <param name="Attempts">The report of each attempt, the newest first: sources, steps, targets, rows and errors.</param>
public sealed record NodeReportsOutput(string Node, string RunId, bool IsFallback, IReadOnlyList<JsonNode> Attempts);

/// <summary>A run that does another one again.</summary>
/// <param name="Run">The run.</param>
/// <param name="Warnings">What whoever asked for it should know.</param>
public sealed record RerunOutput(JobRun Run, IReadOnlyList<string> Warnings);

/// <summary>The approvals of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Approvals">Those that wait, and those that were decided.</param>
public sealed record ApprovalListOutput(string RunId, IReadOnlyList<ApprovalOutput> Approvals);

/// <summary>An approval of a run.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Since">Since when it is asked for.</param>
/// <param name="Approvers">Who may decide; empty for anyone. Known while it waits.</param>
/// <param name="Decision">What was decided, by whom and why; absent while it waits.</param>
public sealed record ApprovalOutput(
    string Node,
    NodeStatus Status,
    DateTimeOffset? Since,
    IReadOnlyList<string> Approvers,
    ApprovalDecision? Decision
);

/// <summary>What has changed in a run.</summary>
/// <param name="Run">The run, without its nodes; absent where only a node has changed.</param>
/// <param name="Node">The node; absent where the run itself has changed.</param>
public sealed record RunChange(JobRun? Run = null, NodeRun? Node = null);
