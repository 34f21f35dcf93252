using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Execution;

/// <summary>What a run tells of itself: one trace, and numbers.</summary>
public sealed class TelemetryTests : IAsyncDisposable, IAsyncLifetime
{
    private readonly RunningHub hub = new();
    private readonly ConcurrentQueue<Activity> spans = [];
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> numbers = [];
    private readonly ActivityListener traces;
    private readonly MeterListener metrics = new();

    public TelemetryTests()
    {
        traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("ServerlessHub.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(traces);
        metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("ServerlessHub.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        metrics.Start();
    }

    public async ValueTask DisposeAsync()
    {
        traces.Dispose();
        metrics.Dispose();
        await hub.DisposeAsync();
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task A_run_is_one_trace_from_its_trigger_to_its_commits()
    {
        hub.Pipeline("traced");
        hub.Job("""<pipelineRef id="traced"/>""", id: "tracedJob");

        var runId = await Run("tracedJob");

        var trace = spans.Where(s => s.TraceId == RunTrace.Of(runId).TraceId).ToArray();
        Assert.Superset(
            new HashSet<string>
            {
                "trigger",
                "job.begin",
                "job.runPipeline",
                "pipeline",
                "write hive1",
                "commit hive1",
                "lake commit",
                "job.end",
                "shop/service/tracedJob",
            },
            new HashSet<string>(trace.Select(s => s.OperationName))
        );
        Assert.Equal(
            ["lake commit", "commit hive1", "pipeline", "job.runPipeline"],
            Ancestors(trace.Single(s => s.OperationName == "lake commit")).Select(s => s.OperationName)
        );
        Assert.All(trace.Where(s => s.Parent is null), s => Assert.Equal(RunTrace.Of(runId).SpanId, s.ParentSpanId));
        var whole = trace.Single(s => s.OperationName == "shop/service/tracedJob");
        Assert.All(trace.Where(s => s.OperationName == "pipeline"), s => Assert.True(whole.StartTimeUtc <= s.StartTimeUtc));
    }

    [Fact]
    public async Task A_run_that_fails_is_counted_and_so_are_its_retries_and_its_late_end()
    {
        hub.AwayPipeline("farAway");
        hub.Job(
            """<pipelineRef id="farAway" onFailure="retry" maxRetries="1" retryDelay="PT0.1S" backoff="fixed"/>""",
            id: "countedJob",
            before: "<metadata><sla>PT0.001S</sla></metadata>"
        );

        await Run("countedJob");

        Assert.Equal(1, Sum("job_runs_total", "job_id=countedJob", "status=failed"));
        Assert.Equal(1, Sum("job_node_retries_total", "job_id=countedJob", "node=farAway"));
        Assert.Equal(1, Sum("job_sla_missed_total", "job_id=countedJob"));
        Assert.Equal(2, Sum("pipeline_runs_total", "pipeline=farAway", "status=aborted"));
        Assert.Equal(2, Sum("pipeline_failures_total", "pipeline=farAway", "reason=transient"));
        Assert.Equal(0, Sum("pipeline_runs_active", "pipeline=farAway"));
    }

    [Fact]
    public async Task What_a_run_reads_and_writes_is_counted_once_however_often_it_is_done_again()
    {
        hub.Pipeline("weighed");
        hub.Job("""<pipelineRef id="weighed"/>""", id: "weighedJob");

        await Run("weighedJob");

        Assert.Equal(2, Sum("pipeline_rows_read_total", "pipeline=weighed"));
        Assert.Equal(2, Sum("pipeline_rows_written_total", "pipeline=weighed"));
        Assert.True(Sum("pipeline_bytes_written_total", "pipeline=weighed") > 0);
        Assert.Equal(1, Sum("lake_commits_total", "result=committed", "table=data/applications/shop/staging/weighed"));
    }

    [Fact]
    public async Task How_many_runs_wait_for_a_person_is_known_after_maintenance()
    {
        hub.Job("""<approval id="gate"/>""", id: "gatedJob");
        var runId = await Start("gatedJob");
        await hub.Until(runId, run => run.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));
        numbers.Clear();

        await new HubWatch(hub.Jobs).Maintain(CancellationToken.None);

        Assert.Contains(("job_approvals_waiting", 1, ""), numbers);
        Assert.Contains(("job_runs_active", 1, ""), numbers);
    }

    private async Task<string> Run(string job)
    {
        var runId = await Start(job);
        await hub.End(runId);
        return runId;
    }

    private async Task<string> Start(string job)
    {
        hub.Open();
        var request = new StartRequest
        {
            Kind = DocumentKind.Job,
            Document = new DocumentAddress("shop", "service", job),
            RunId = $"traced-{Guid.NewGuid():N}",
            Trigger = new RunTrigger(TriggerKind.Cli, "tester"),
        };
        await hub.Starter.Start(request, CancellationToken.None);
        return request.RunId;
    }

    private static IEnumerable<Activity> Ancestors(Activity span)
    {
        for (var at = span; at is not null; at = at.Parent!)
            yield return at;
    }

    private void Take<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct, IConvertible =>
        numbers.Enqueue((instrument.Name, value.ToDouble(null), string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));

    private double Sum(string name, params string[] tags) =>
        numbers.Where(n => n.Name == name && tags.All(t => n.Tags.Split(' ').Contains(t))).Sum(n => n.Value);
}
