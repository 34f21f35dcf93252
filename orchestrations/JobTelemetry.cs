using System.Diagnostics.Metrics;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Orchestrations;

/// <summary>What is measured of jobs and of what starts them. Instruments carry the names that dashboards know, whatever exports them.</summary>
internal static class JobTelemetry
{
    /// <summary>The name of the instruments and of the spans.</summary>
    public const string Name = "ServerlessHub.Orchestrations";

    private static readonly InstrumentAdvice<double> Minutes = new()
    {
        HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400],
    };

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Runs = Meter.CreateCounter<long>(
        "job_runs_total",
        description: "Runs that ended, of jobs and of pipelines started alone, by app, layer, job_id and status: completed, completed_with_errors, failed, cancelled, skipped"
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "job_duration_seconds",
        unit: "s",
        description: "How long runs took from their start to their end, by app, layer, job_id and status",
        advice: Minutes
    );

    private static readonly Histogram<double> Waited = Meter.CreateHistogram<double>(
        "job_queue_seconds",
        unit: "s",
        description: "How long runs waited from being accepted to their start, by app, layer and job_id",
        advice: Minutes
    );

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "job_node_retries_total",
        description: "Attempts at nodes after their first, by app, layer, job_id and node"
    );

    private static readonly Counter<long> SlaMisses = Meter.CreateCounter<long>(
        "job_sla_missed_total",
        description: "Runs that had not ended well when their SLA wanted them to, by app, layer and job_id"
    );

    private static readonly Gauge<long> Queued = Meter.CreateGauge<long>(
        "job_queue_length",
        description: "Runs of the hub that are accepted and wait for a place, as of the last maintenance; the same in every host"
    );

    private static readonly Gauge<long> Active = Meter.CreateGauge<long>(
        "job_runs_active",
        description: "Runs of the hub that go on, as of the last maintenance; the same in every host"
    );

    private static readonly Gauge<long> Late = Meter.CreateGauge<long>(
        "job_runs_late",
        description: "Runs of the hub that go on although their SLA wanted them to have ended, as of the last maintenance; the same in every host"
    );

    private static readonly Gauge<long> Approvals = Meter.CreateGauge<long>(
        "job_approvals_waiting",
        description: "Approvals that runs of the hub wait for, as of the last maintenance; the same in every host"
    );

    private static readonly UpDownCounter<long> Slots = Meter.CreateUpDownCounter<long>(
        "pipeline_slots_waiting",
        description: "Pipelines in this process that wait for a slot, by lane: fresh, backfill"
    );

    private static readonly Counter<long> Firings = Meter.CreateCounter<long>(
        "schedule_firings_total",
        description: "Times at which schedules were to start a run, by app, layer, document and result: started, already_started, refused, failed"
    );

    private static readonly Histogram<double> Delay = Meter.CreateHistogram<double>(
        "schedule_delay_seconds",
        unit: "s",
        description: "How long after its time a run was started by its schedule, by app, layer and document",
        advice: Minutes
    );

    private static readonly Counter<long> LateFirings = Meter.CreateCounter<long>(
        "schedules_late_total",
        description: "Runs that a schedule started more than two minutes after their time, by app, layer and document"
    );

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "notifications_sent_total",
        description: "Notifications that were delivered, by channel: email, webhook"
    );

    private static readonly Counter<long> NotSent = Meter.CreateCounter<long>(
        "notifications_failed_total",
        description: "Notifications that could not be delivered, by channel: email, webhook"
    );

    private static readonly Counter<long> WatchFailures = Meter.CreateCounter<long>(
        "hub_watch_failures_total",
        description: "Times that the hub could not look after something by itself, such as its schedules or the folding of its history, by what"
    );

    /// <summary>A run has ended.</summary>
    public static void Ended(JobRun run)
    {
        var job = Tags(run);
        KeyValuePair<string, object?>[] withStatus = [.. job, new("status", Words(run.Status))];
        Runs.Add(1, withStatus);
        if (run.Seconds is { } seconds)
            Duration.Record(seconds, withStatus);
        if (run.Sla == SlaStatus.Missed)
            SlaMisses.Add(1, job);
    }

    /// <summary>A run begins.</summary>
    public static void Began(JobRun run, DateTimeOffset now) => Waited.Record((now - run.Queued).TotalSeconds, Tags(run));

    /// <summary>A node is tried again.</summary>
    public static void Retried(JobRun run, string node) => Retries.Add(1, [.. Tags(run), new("node", node)]);

    /// <summary>How the hub's runs stand.</summary>
    /// <param name="open">The runs that have not ended, each with its nodes.</param>
    /// <param name="now">The time.</param>
    public static void Stand(IReadOnlyList<JobRun> open, DateTimeOffset now)
    {
        Queued.Record(open.Count(r => r.Status == JobStatus.Queued));
        Active.Record(open.Count(r => r.Status == JobStatus.Running));
        Late.Record(open.Count(r => r.Due < now));
        Approvals.Record(open.Sum(r => r.Nodes.Count(n => n.Status == NodeStatus.WaitingForApproval)));
    }

    /// <summary>So many more, or fewer, pipelines wait for a slot.</summary>
    public static void Wait(RunLane lane, int change) => Slots.Add(change, new KeyValuePair<string, object?>("lane", Words(lane)));

    /// <summary>A schedule has fired.</summary>
    /// <param name="firing">What came of it.</param>
    /// <param name="now">The time.</param>
    public static void Fired(ScheduleFiring firing, DateTimeOffset now)
    {
        var document = firing.Schedule.Document;
        KeyValuePair<string, object?>[] tags = [new("app", document.App), new("layer", document.Layer), new("document", document.Id)];
        Firings.Add(1, [.. tags, new("result", firing.Outcome is { } outcome ? Words(outcome.Result) : "failed")]);
        if (firing.Outcome?.Result != StartResult.Started)
            return;
        var delay = now - firing.Scheduled;
        Delay.Record(delay.TotalSeconds, tags);
        if (delay > Schedules.OnTime)
            LateFirings.Add(1, tags);
    }

    /// <summary>A notification was delivered, or was not.</summary>
    public static void Told(string channel, bool isDelivered) =>
        (isDelivered ? Sent : NotSent).Add(1, new KeyValuePair<string, object?>("channel", channel));

    /// <summary>The hub could not look after something.</summary>
    public static void WatchFailed(string what) => WatchFailures.Add(1, new KeyValuePair<string, object?>("what", what));

    /// <summary>What a run is of; <c>job</c> is a label of Prometheus' own.</summary>
    private static KeyValuePair<string, object?>[] Tags(JobRun run) =>
        [new("app", run.App), new("layer", run.Layer), new("job_id", run.Job)];

    /// <summary>The name of an enumeration's value as the values of labels are written.</summary>
    private static string Words<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
