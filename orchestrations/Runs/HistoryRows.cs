using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>A row of <c>ops.job_runs</c>: a run of a job that has ended. Its properties are the table's columns, in that order.</summary>
internal sealed record JobRow(
    DateOnly Day,
    DateTimeOffset Queued,
    string RunId,
    string App,
    string Layer,
    string Job,
    RunKind Kind,
    JobStatus Status,
    TriggerKind Trigger,
    string TriggeredBy,
    RunLane Lane,
    DateOnly? BusinessDate,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    double? QueuedSeconds,
    double? Seconds,
    DateTimeOffset? Due,
    SlaStatus? Sla,
    string? ErrorClass,
    string? Fingerprint,
    string? BackfillId,
    string? ParentRunId,
    string? RerunOf,
    string Version,
    string Revision,
    long RowsRead,
    long RowsWritten,
    long RowsRejected,
    long Bytes,
    string? Error,
    string Document
)
{
    public static JobRow Of(JobRun run) =>
        new(
            DateOnly.FromDateTime(run.Queued.UtcDateTime),
            run.Queued,
            run.RunId,
            run.App,
            run.Layer,
            run.Job,
            run.Kind,
            run.Status,
            run.Trigger.Kind,
            run.Trigger.By,
            run.Lane,
            run.BusinessDate,
            run.Started,
            run.Ended,
            (run.Started - run.Queued)?.TotalSeconds,
            run.Seconds,
            run.Due,
            run.Sla,
            HistoryTable.Name(run.Error?.Class),
            run.Error?.Fingerprint,
            run.BackfillId,
            run.ParentRunId,
            run.RerunOf,
            run.Version,
            run.Revision,
            run.Nodes.Sum(n => n.RowsRead),
            run.Nodes.Sum(n => n.RowsWritten),
            run.Nodes.Sum(n => n.RowsRejected),
            run.Nodes.Sum(n => n.Bytes),
            run.Error?.Message,
            HistoryTable.Text(run with { Nodes = [] })
        );
}

/// <summary>A row of <c>ops.node_runs</c>: what became of a node in a run that has ended.</summary>
internal sealed record NodeRow(
    DateOnly Day,
    DateTimeOffset Queued,
    string RunId,
    string Node,
    int Position,
    string App,
    string Layer,
    string Job,
    NodeKind Kind,
    NodeStatus Status,
    string? Pipeline,
    int Attempts,
    string? ChildRunId,
    string? KeptFrom,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    double? Seconds,
    long RowsRead,
    long RowsWritten,
    long RowsRejected,
    long Bytes,
    string? ErrorClass,
    string? Fingerprint,
    string? Revision,
    string? ApprovedBy,
    string? Error,
    string Document
)
{
    public static IEnumerable<NodeRow> Of(JobRun run) =>
        run.Nodes.Select(
            (node, position) =>
                new NodeRow(
                    DateOnly.FromDateTime(run.Queued.UtcDateTime),
                    run.Queued,
                    run.RunId,
                    node.Node,
                    position,
                    run.App,
                    run.Layer,
                    run.Job,
                    node.Kind,
                    node.Status,
                    node.Document,
                    node.Attempts,
                    node.ChildRunId,
                    node.KeptFrom,
                    node.Started,
                    node.Ended,
                    node.Seconds,
                    node.RowsRead,
                    node.RowsWritten,
                    node.RowsRejected,
                    node.Bytes,
                    HistoryTable.Name(node.Error?.Class),
                    node.Error?.Fingerprint,
                    node.Revision,
                    node.Decision?.By,
                    node.Error?.Message,
                    HistoryTable.Text(node)
                )
        );
}

/// <summary>A row of <c>ops.pipeline_runs</c>: an attempt of a run of a pipeline, as its report has it.</summary>
internal sealed record PipelineRow(
    DateOnly Day,
    DateTimeOffset Started,
    string RunId,
    int Attempt,
    string App,
    string Layer,
    string Pipeline,
    RunStatus Status,
    DateTimeOffset Ended,
    double Seconds,
    string Version,
    string Revision,
    long RowsRead,
    long RowsWritten,
    long RowsRejected,
    long BytesRead,
    long Bytes,
    string? ErrorClass,
    string? Fingerprint,
    string? Error,
    string Document
)
{
    /// <summary>The row of a report's JSON.</summary>
    /// <exception cref="JsonException">It is no report.</exception>
    public static PipelineRow Of(string json)
    {
        var report = JsonSerializer.Deserialize<Report>(json, DurableJson.Options) ?? throw new JsonException("It is null.");
        ErrorClass? kind =
            report.Error is null ? null
            : report.Status == RunStatus.Cancelled ? Runs.ErrorClass.Cancelled
            : report.IsTransient == true ? Runs.ErrorClass.Transient
            : Runs.ErrorClass.Data;
        return new(
            DateOnly.FromDateTime(report.Started.UtcDateTime),
            report.Started,
            report.RunId,
            report.Attempt,
            report.App,
            report.Layer,
            report.Pipeline,
            report.Status,
            report.Ended,
            (report.Ended - report.Started).TotalSeconds,
            report.Version,
            report.Revision,
            report.Sources.Sum(s => s.Rows ?? 0),
            report.Targets.Sum(t => t.Rows),
            report.Sources.Sum(s => s.RejectedRows),
            report.Sources.Sum(s => s.Bytes ?? 0),
            report.Targets.Sum(t => t.Bytes),
            HistoryTable.Name(kind),
            kind is { } c ? ErrorFingerprint.Of($"{report.App}/{report.Layer}/{report.Pipeline}", c, report.Error!) : null,
            report.Error,
            json
        );
    }

    /// <summary>What the history has columns for; the rest of a report is kept as it is written.</summary>
    private sealed record Report
    {
        public required string RunId { get; init; }
        public int Attempt { get; init; } = 1;
        public required string App { get; init; }
        public required string Layer { get; init; }
        public required string Pipeline { get; init; }
        public required string Version { get; init; }
        public required string Revision { get; init; }
        public required RunStatus Status { get; init; }
        public required DateTimeOffset Started { get; init; }
        public required DateTimeOffset Ended { get; init; }
        public IReadOnlyList<SourceReport> Sources { get; init; } = [];
        public IReadOnlyList<TargetReport> Targets { get; init; } = [];
        public string? Error { get; init; }
        public bool? IsTransient { get; init; }
    }
}
