using Microsoft.Extensions.Logging;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Notifications;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations;

/// <summary>What the activities of a hub's jobs share in one process, whichever runtime calls them.</summary>
public sealed class JobHub : IDisposable
{
    private IDurableClient? client;

    /// <summary>Makes it.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="options">How much pipelines may use.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where errors of the hub itself go.</param>
    public JobHub(HubRoot root, JobHubOptions options, TimeProvider time, ILogger<JobHub> logger)
    {
        (Root, Options, Time, Logger) = (root, options, time, logger);
        Documents = new RunDocuments(root.Storage);
        Pinned = new PinnedJobs(root, Documents);
        Slots = new RunSlots(options.ParallelPipelines);
        Notifier = new Notifier(root, new HubSecrets(root.Path, isShared: root.IsRemote), time: time);
        Admission = new Admission(root.Storage, new GatedRuns(this), time);
        History = new RunHistory(root, Documents, time);
        Undo = new RunUndo(root, History, time);
    }

    /// <summary>The hub root.</summary>
    public HubRoot Root { get; }

    /// <summary>How much pipelines may use.</summary>
    public JobHubOptions Options { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The documents of runs.</summary>
    public RunDocuments Documents { get; }

    /// <summary>The history: documents, and what is folded.</summary>
    public RunHistory History { get; }

    /// <summary>Takes back what runs did.</summary>
    public RunUndo Undo { get; }

    /// <summary>The places of jobs that have a limit.</summary>
    public Admission Admission { get; }

    /// <summary>The durable runtime, which is made after what it calls.</summary>
    /// <exception cref="InvalidOperationException">It is not there yet.</exception>
    public IDurableClient Client
    {
        get => client ?? throw new InvalidOperationException("The runtime has not been attached.");
        set => client = value;
    }

    internal ILogger<JobHub> Logger { get; }

    internal PinnedJobs Pinned { get; }

    internal RunSlots Slots { get; }

    internal Notifier Notifier { get; }

    /// <summary>Lets whoever wants to know be told of a run, by an orchestration of its own.</summary>
    internal Task Tell(Telling telling, CancellationToken ct) =>
        Client.Start(TellOrchestrator.Name, TellOrchestrator.InstanceId(telling), telling, ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        Notifier.Dispose();
        History.Dispose();
    }
}

/// <summary>How much the pipelines of a process may use.</summary>
public sealed record JobHubOptions
{
    /// <summary>How many run at a time; at least 1.</summary>
    public int ParallelPipelines { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Memory for all of them together, in bytes; null for 60 % of the machine's.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Whether this process does what is due for tables at night; false for one that ends soon.</summary>
    public bool TendsTables { get; init; } = true;

    /// <summary>Where they may be looked at, for links in notifications; null for nowhere.</summary>
    public Uri? Address { get; init; }

    /// <summary>What one of them may use.</summary>
    internal RunOptions ForOne =>
        new()
        {
            MemoryLimitBytes = (MemoryLimitBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 6 / 10) / ParallelPipelines,
            Threads = Math.Max(1, Environment.ProcessorCount / ParallelPipelines),
        };
}
