using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// What is measured and traced of one attempt of a run, from its beginning to its disposal. Instruments carry the names that dashboards know, whatever
/// exports them.
/// </summary>
internal sealed class PipelineTelemetry : IDisposable
{
    private const string Name = "ServerlessHub.Pipelines";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Runs = Meter.CreateCounter<long>(
        "pipeline_runs_total",
        description: "Attempts at runs of pipelines that ended, by app, layer, pipeline and status: succeeded, failed, cancelled, or aborted where the run could not begin"
    );

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "pipeline_failures_total",
        description: "Attempts that failed, by app, layer, pipeline and reason: transient where the same run may succeed later, data where something must be mended, document where the document was refused, internal where the hub itself failed"
    );

    private static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>(
        "pipeline_runs_active",
        description: "Attempts that go on in this process, by app, layer and pipeline"
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "pipeline_duration_seconds",
        unit: "s",
        description: "How long attempts took, by app, layer, pipeline and status",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200],
        }
    );

    private static readonly Counter<long> RowsRead = Meter.CreateCounter<long>(
        "pipeline_rows_read_total",
        description: "Rows that sources gave, where the engine counted them, by app, layer and pipeline"
    );

    private static readonly Counter<long> RowsWritten = Meter.CreateCounter<long>(
        "pipeline_rows_written_total",
        description: "Rows committed to targets, by app, layer and pipeline"
    );

    private static readonly Counter<long> RowsRejected = Meter.CreateCounter<long>(
        "pipeline_rows_rejected_total",
        description: "Bad rows that were left out or quarantined, by app, layer and pipeline"
    );

    private static readonly Counter<long> BytesRead = Meter.CreateCounter<long>(
        "pipeline_bytes_read_total",
        description: "Bytes of the files that sources read, by app, layer and pipeline"
    );

    private static readonly Counter<long> BytesWritten = Meter.CreateCounter<long>(
        "pipeline_bytes_written_total",
        description: "Bytes stored by targets, by app, layer and pipeline"
    );

    private readonly KeyValuePair<string, object?>[] pipeline;
    private readonly Activity? span;
    private RunReport? report;
    private Exception? abortion;

    /// <summary>An attempt begins.</summary>
    public PipelineTelemetry(DocumentAddress address)
    {
        pipeline = [new("app", address.App), new("layer", address.Layer), new("pipeline", address.Id)];
        span = Source.StartActivity("pipeline", ActivityKind.Internal, default(ActivityContext), pipeline);
        Active.Add(1, pipeline);
    }

    /// <summary>The spans of pipelines.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>The attempt has ended with a report.</summary>
    public void Ended(RunReport ended) => report = ended;

    /// <summary>The attempt has ended without a report.</summary>
    public void Aborted(Exception by) => abortion = by;

    /// <summary>Counts the attempt; one without a report was aborted.</summary>
    public void Dispose()
    {
        Active.Add(-1, pipeline);
        var status = report is null ? "aborted" : report.Status.ToString().ToLowerInvariant();
        Runs.Add(1, [.. pipeline, new("status", status)]);
        if (report is { Status: RunStatus.Failed } || abortion is not (null or OperationCanceledException))
            Failures.Add(1, [.. pipeline, new("reason", Reason())]);
        if (report is not null)
            Count(report, status);
        span?.SetTag("hub.run.id", report?.RunId).SetTag("hub.status", status);
        if (report is { Status: RunStatus.Failed } || abortion is not null)
            span?.SetStatus(ActivityStatusCode.Error, report?.Error ?? abortion!.Message);
        span?.Dispose();
    }

    private void Count(RunReport ended, string status)
    {
        Duration.Record((ended.Ended - ended.Started).TotalSeconds, [.. pipeline, new("status", status)]);
        RowsRead.Add(ended.Sources.Sum(s => s.Rows ?? 0), pipeline);
        RowsRejected.Add(ended.Sources.Sum(s => s.RejectedRows), pipeline);
        BytesRead.Add(ended.Sources.Sum(s => s.Bytes ?? 0), pipeline);
        // What an earlier attempt of the run had committed was counted then.
        var written = ended.Targets.Where(t => !t.AlreadyCommitted).ToArray();
        RowsWritten.Add(written.Sum(t => t.Rows), pipeline);
        BytesWritten.Add(written.Sum(t => t.Bytes), pipeline);
    }

    private string Reason() =>
        (report, abortion) switch
        {
            ({ IsTransient: true }, _) or (null, RunException { IsTransient: true }) => "transient",
            (null, InvalidDocumentException) => "document",
            ({ }, _) or (null, RunException) => "data",
            _ => "internal",
        };
}
