using Microsoft.Extensions.Logging;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Serving;

/// <summary>The hub's jobs in this process: the embedded durable runtime over the hub root, and what its activities share. One process at a time has it.</summary>
internal sealed class LocalHub : IAsyncDisposable
{
    private static readonly TimeSpan LongestTelling = TimeSpan.FromSeconds(30);
    private readonly EmbeddedRuntime runtime;

    private LocalHub(JobHub jobs, EmbeddedRuntime runtime)
    {
        (Jobs, this.runtime) = (jobs, runtime);
        Starter = new JobStarter(jobs);
        Control = new JobControl(jobs);
    }

    /// <summary>What the activities share.</summary>
    public JobHub Jobs { get; }

    /// <summary>Starts runs.</summary>
    public JobStarter Starter { get; }

    /// <summary>Acts on runs.</summary>
    public JobControl Control { get; }

    /// <summary>Why nothing can be written down now; null where all is well.</summary>
    public IOException? Failure => runtime.Failure;

    /// <summary>Opens it, and resumes every run that was open.</summary>
    /// <exception cref="IOException">Another process has the hub root's runtime, or its store cannot be read.</exception>
    public static LocalHub Open(HubRoot root, JobHubOptions options, ILoggerFactory loggers)
    {
        var jobs = new JobHub(root, options, TimeProvider.System, loggers.CreateLogger<JobHub>());
        // A pipeline that waits for its slot is an activity that waits, so their number is no measure of what the machine does.
        var runtime = new EmbeddedRuntime(
            new DurableTasks().AddJobs(jobs),
            Path.Combine(root.Path, ".hub", "durable"),
            new EmbeddedOptions { ActivityConcurrency = 4_096 }
        );
        try
        {
            jobs.Client = runtime;
            runtime.Start();
            return new LocalHub(jobs, runtime);
        }
        catch
        {
            jobs.Dispose();
            throw;
        }
    }

    /// <summary>Waits until all who want to know of a run have been told, or the patience for that is over: the next process goes on with it.</summary>
    public async Task Told(string runId)
    {
        using var patience = new CancellationTokenSource(LongestTelling);
        try
        {
            foreach (var isStart in new[] { true, false })
                if (await runtime.Find(TellOrchestrator.InstanceId(new Telling(runId, isStart)), patience.Token) is { } telling)
                    await runtime.WaitForEnd(telling.InstanceId, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It is written down, and done by whoever opens the hub next.
        }
    }

    /// <summary>Stops: what runs is cancelled, and made again by the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        await runtime.DisposeAsync();
        Jobs.Dispose();
    }
}
