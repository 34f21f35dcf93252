using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Runs;

/// <summary>Runs to try things on.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static readonly string Revision = new('a', 64);

    public static JobRun Job(string runId, JobStatus status = JobStatus.Running, DateTimeOffset? queued = null) =>
        new()
        {
            RunId = runId,
            App = "sales",
            Layer = "staging",
            Job = "nightly",
            Version = "1.0",
            Revision = Revision,
            Status = status,
            Trigger = new(TriggerKind.Cli, "ann"),
            Queued = queued ?? Time,
            Started = (queued ?? Time).AddSeconds(1),
            Ended = status is JobStatus.Queued or JobStatus.Running ? null : (queued ?? Time).AddSeconds(61),
        };

    public static NodeRun Node(string id, NodeStatus status = NodeStatus.Succeeded) =>
        new()
        {
            Node = id,
            Status = status,
            Document = $"sales/staging/{id}",
            Revision = Revision,
            Attempts = 1,
            ChildRunId = $"r1.{id}",
            Queued = Time,
            Started = Time.AddSeconds(2),
            Ended = status is NodeStatus.Waiting or NodeStatus.Running ? null : Time.AddSeconds(32),
            RowsRead = 100,
            RowsWritten = 90,
            RowsRejected = 10,
            Bytes = 4096,
        };
}
