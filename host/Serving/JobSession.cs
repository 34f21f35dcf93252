using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Serving;

/// <summary>How a command acts on the hub's jobs: through the server that runs on the hub root, else in this process.</summary>
internal abstract class JobSession : IAsyncDisposable
{
    private readonly HubRoot root;
    private readonly RunHistory history;

    /// <summary>Prepares a session.</summary>
    protected JobSession(HubRoot root) =>
        (this.root, history) = (root, new RunHistory(root, new RunDocuments(root.Storage), TimeProvider.System));

    /// <summary>Opens the session that a hub root has.</summary>
    /// <exception cref="IOException">Another process that is no server has the hub root's runtime.</exception>
    public static JobSession Open(HubRoot root, JobHubOptions options) =>
        ServerFile.Find(root) is { } server ? new ServerSession(root, server) : new LocalSession(root, options);

    /// <summary>Starts a run.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="InvalidDocumentException">The document or a parameter is wrong.</exception>
    public abstract Task<string> Start(HubDocument document, IReadOnlyDictionary<string, string> parameters, CancellationToken ct);

    /// <summary>Raises an event.</summary>
    /// <returns>The ids of the runs that it has started.</returns>
    /// <exception cref="InvalidDocumentException">A document or a parameter is wrong; nothing was started.</exception>
    public abstract Task<IReadOnlyList<string>> Raise(
        string app,
        string name,
        IReadOnlyDictionary<string, string> parameters,
        CancellationToken ct
    );

    /// <summary>Asks a run to end.</summary>
    public abstract Task Cancel(string runId, bool stop, CancellationToken ct);

    /// <summary>Decides on an approval.</summary>
    public abstract Task Decide(string runId, string? node, bool approved, string? reason, CancellationToken ct);

    /// <summary>Does a run again.</summary>
    /// <returns>The new run's id, and what there is to know about it.</returns>
    public abstract Task<(string RunId, IReadOnlyList<string> Warnings)> Rerun(string runId, RerunWish wish, CancellationToken ct);

    /// <summary>Starts a backfill.</summary>
    /// <returns>Its id.</returns>
    public abstract Task<string> Backfill(BackfillWish wish, CancellationToken ct);

    /// <summary>Pauses, resumes or cancels a backfill.</summary>
    /// <param name="id">The backfill.</param>
    /// <param name="change">What, of <see cref="BackfillEvents"/>.</param>
    /// <param name="ct">Ends the call.</param>
    public abstract Task ChangeBackfill(string id, string change, CancellationToken ct);

    /// <summary>Whether runs end with this process, so that a command that started one stays until it has ended.</summary>
    public abstract bool RunsEndHere { get; }

    /// <summary>What is left to do in this process after a run has ended.</summary>
    public virtual Task Finish(string runId) => Task.CompletedTask;

    /// <summary>A run as it is now.</summary>
    /// <exception cref="RunException">There is none of this id.</exception>
    public JobRun Find(string runId) =>
        history.Find(runId) ?? throw new RunException($"there is no run '{runId}'", "'hub runs list' shows those that are there");

    /// <summary>The graph of a run, and how long it takes.</summary>
    public RunShape ShapeOf(JobRun run) => RunShape.Of(root, history, run);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        history.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A session in this process.</summary>
internal sealed class LocalSession : JobSession
{
    private readonly LocalHub hub;

    /// <summary>Opens the hub's runtime here, which resumes runs that were open.</summary>
    public LocalSession(HubRoot root, JobHubOptions options)
        : base(root) => hub = LocalHub.Open(root, options with { TendsTables = false }, NullLoggerFactory.Instance);

    /// <inheritdoc/>
    public override bool RunsEndHere => true;

    /// <inheritdoc/>
    public override async Task<string> Start(HubDocument document, IReadOnlyDictionary<string, string> parameters, CancellationToken ct)
    {
        var request = new StartRequest
        {
            Kind = document.Kind,
            Document = document.Address,
            RunId = RunId.New(TimeProvider.System),
            Parameters = parameters,
            Trigger = new RunTrigger(TriggerKind.Cli, Environment.UserName),
        };
        await hub.Starter.Start(request, ct);
        return request.RunId;
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<string>> Raise(
        string app,
        string name,
        IReadOnlyDictionary<string, string> parameters,
        CancellationToken ct
    )
    {
        var watches = new DocumentStarts(hub.Jobs.Root).Events().Where(e => e.Document.App == app && e.Trigger.Name == name);
        var signal = new Signal(RunId.New(TimeProvider.System), app, name, Environment.UserName, TimeProvider.System.GetUtcNow())
        {
            Parameters = parameters,
        };
        return new Signals(hub.Jobs).Raise(signal, [.. watches], ct);
    }

    /// <inheritdoc/>
    public override Task Cancel(string runId, bool stop, CancellationToken ct) => hub.Control.Cancel(runId, Environment.UserName, stop, ct);

    /// <inheritdoc/>
    public override Task Decide(string runId, string? node, bool approved, string? reason, CancellationToken ct) =>
        hub.Control.Decide(runId, node, new ApprovalDecision(approved, Environment.UserName, reason, DateTimeOffset.UtcNow), ct);

    /// <inheritdoc/>
    public override async Task<(string RunId, IReadOnlyList<string> Warnings)> Rerun(string runId, RerunWish wish, CancellationToken ct)
    {
        var (run, warnings) = hub.Control.Rerun(runId, wish, Environment.UserName);
        await hub.Starter.Start(run, ct);
        return (run.RunId, warnings);
    }

    /// <inheritdoc/>
    public override Task Finish(string runId) => hub.Told(runId);

    /// <inheritdoc/>
    public override async Task<string> Backfill(BackfillWish wish, CancellationToken ct) =>
        (await new BackfillControl(hub.Jobs).Start(wish, Environment.UserName, ct)).Id;

    /// <inheritdoc/>
    public override Task ChangeBackfill(string id, string change, CancellationToken ct)
    {
        var backfills = new BackfillControl(hub.Jobs);
        return change switch
        {
            BackfillEvents.Pause => backfills.Pause(id, ct),
            BackfillEvents.Resume => backfills.Resume(id, ct),
            _ => backfills.Cancel(id, ct),
        };
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // What a server does by itself now and then: without one the history would grow, and never be seen in SQL.
        await new HubWatch(hub.Jobs).CatchUp(CancellationToken.None);
        await hub.DisposeAsync();
        await base.DisposeAsync();
    }
}
