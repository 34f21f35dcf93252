using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>
/// Watches one attempt while it runs: writes down how far it is, and ends it when it has taken too long or somebody wants it stopped. What takes less
/// than the interval is over before anything is written.
/// </summary>
internal sealed class NodeWatch : IProgress<RunEvent>, IAsyncDisposable
{
    // A storage account counts each request, a disk does not.
    private static readonly TimeSpan LocalInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RemoteInterval = TimeSpan.FromSeconds(5);

    private readonly JobHub hub;
    private readonly NodeDocument document;
    private readonly NodeRun node;
    private readonly string runId;
    private readonly ITimer timer;
    private readonly CancellationTokenSource stopping;
    private readonly CancellationTokenSource late;
    private volatile NodeProgress? progress;
    private NodeProgress? written;
    private bool isWritten;
    private int isLooking;

    /// <summary>Begins to watch.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="runId">The job's run.</param>
    /// <param name="document">The node's document.</param>
    /// <param name="node">What it says while the node runs.</param>
    /// <param name="timeout">How long the attempt may take; null for any time.</param>
    /// <param name="hostStops">Cancelled when the host stops.</param>
    public NodeWatch(JobHub hub, string runId, NodeDocument document, NodeRun node, TimeSpan? timeout, CancellationToken hostStops)
    {
        (this.hub, this.runId, this.document, this.node) = (hub, runId, document, node);
        late = new CancellationTokenSource(timeout ?? System.Threading.Timeout.InfiniteTimeSpan, hub.Time);
        stopping = CancellationTokenSource.CreateLinkedTokenSource(hostStops, late.Token);
        var interval = hub.Root.IsRemote ? RemoteInterval : LocalInterval;
        timer = hub.Time.CreateTimer(_ => Look(), null, interval, interval);
    }

    /// <summary>Cancelled when the attempt is to end.</summary>
    public CancellationToken Ends => stopping.Token;

    /// <summary>Whether the attempt took too long.</summary>
    public bool IsLate => late.IsCancellationRequested;

    /// <summary>Whether somebody wanted it stopped.</summary>
    public bool IsStopped { get; private set; }

    /// <inheritdoc/>
    public void Report(RunEvent value) =>
        progress = value switch
        {
            StageStarted stage => new NodeProgress(stage.Text, null),
            StageProgress { Percent: { } percent } when progress is { } now => now with { Percent = percent },
            _ => progress,
        };

    /// <summary>Says what the attempt waits for.</summary>
    public void WaitFor(string what) => progress = new NodeProgress(what, null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        stopping.Dispose();
        late.Dispose();
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref isLooking, 1) == 1)
            return;
        try
        {
            if (StopMarker.IsSet(hub.Root.Storage, runId))
            {
                IsStopped = true;
                stopping.Cancel();
            }
            var now = progress;
            // A thousand nodes that wait for their slots must not keep the disk busy with saying so every second.
            if (isWritten && now == written)
                return;
            document.TryWrite(node with { Progress = now });
            (written, isWritten) = (now, true);
        }
        catch (Exception e) when (e is RunException or IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // It is looked at again in a moment, and the attempt's end is written in any case.
        }
        finally
        {
            Volatile.Write(ref isLooking, 0);
        }
    }
}
