using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>
/// Runs the pipeline of a node. All attempts have one run id, so whatever an earlier one committed, in this process or in one that died, is found done.
/// </summary>
internal sealed class PipelineActivity(JobHub hub, NodeAttempt attempt)
{
    private static readonly TimeSpan BusyDelay = TimeSpan.FromSeconds(1);

    private readonly PinnedJob job = hub.Pinned.Of(attempt.RunId);
    private readonly NodeDocument document = hub.Documents.OpenNode(attempt.RunId, attempt.Node);

    /// <summary>Makes the attempt.</summary>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    /// <exception cref="RunException">What came of it could not be written down.</exception>
    public async Task<NodeResult> Run(CancellationToken hostStops)
    {
        var node = BegunNode.Of(hub, job, attempt);
        if (attempt.Attempt > 1)
            JobTelemetry.Retried(job.Run, attempt.Node);
        try
        {
            if (!attempt.IsFallback && NodeWhen.IsFalse(hub, job, attempt.Node))
                return End(node, NodeStatus.Skipped, NodeResult.LeftOut);
            var report = await Run(node, hostStops);
            return report is null
                ? End(node with { Error = Late(node) }, NodeStatus.Failed, NodeResult.FailedTransiently)
                : End(Counted(node, report), report);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var error = NodeFailure.Of(node.Document!, e);
            if (error.Class == ErrorClass.Internal)
                Logs.NodeFailed(hub.Logger, attempt.RunId, attempt.Node, e);
            return End(node with { Error = error }, NodeStatus.Failed, NodeFailure.ResultOf(error));
        }
    }

    /// <summary>Runs it in a slot of its own; null when it took too long.</summary>
    private async Task<RunReport?> Run(NodeRun node, CancellationToken hostStops)
    {
        var file = job.Document(hub.Root, attempt.Node, attempt.IsFallback);
        var request = new RunRequest(file)
        {
            RunId = attempt.IsFallback ? node.FallbackRunId : node.ChildRunId,
            Attempt = attempt.Attempt,
            Parameters = Parameters(file),
        };
        await using var watch = new NodeWatch(hub, attempt.RunId, document, node, job.Node(attempt.Node)?.Timeout, hostStops);
        try
        {
            var runner = new PipelineRunner(hub.Root, hub.Options.ForOne, hub.Time);
            while (true)
            {
                watch.WaitFor("waiting for a slot");
                using var slot = await hub.Slots.Take(file.Address.ToString(), job.Run.Lane, watch.Ends);
                try
                {
                    var report = await Task.Run(() => runner.Run(request, watch, watch.Ends), CancellationToken.None);
                    hostStops.ThrowIfCancellationRequested();
                    return report.Status == RunStatus.Cancelled && watch.IsLate ? null : report;
                }
                catch (RunInProgressException)
                {
                    // A run of it in another process, such as 'hub run'; this one comes after that.
                }
                slot.Dispose();
                watch.WaitFor("waiting for another run of this pipeline");
                await Task.Delay(BusyDelay, hub.Time, watch.Ends);
            }
        }
        catch (OperationCanceledException) when (!hostStops.IsCancellationRequested && watch.IsLate)
        {
            return null;
        }
        catch (OperationCanceledException) when (!hostStops.IsCancellationRequested)
        {
            throw new RunStoppedException();
        }
    }

    private IReadOnlyDictionary<string, string> Parameters(DocumentFile file)
    {
        if (job.Node(attempt.Node) is not { } node)
            return job.Run.Parameters;
        var findings = new Diagnostics();
        var declared = PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, null, findings)?.Parameters ?? [];
        return NodeParameters.Of(node, declared, job.Values);
    }

    private NodeResult End(NodeRun node, RunReport report)
    {
        if (report.Status == RunStatus.Succeeded)
            return End(node, NodeStatus.Succeeded, NodeResult.Succeeded);
        var error = NodeFailure.Of(report);
        var status = report.Status == RunStatus.Cancelled ? NodeStatus.Cancelled : NodeStatus.Failed;
        return End(node with { Error = error }, status, NodeFailure.ResultOf(error));
    }

    private NodeResult End(NodeRun node, NodeStatus status, NodeResult result)
    {
        document.TryWrite(node with { Status = status, Ended = hub.Time.GetUtcNow() });
        return result;
    }

    private RunError Late(NodeRun node) =>
        NodeFailure.Error(
            node.Document!,
            ErrorClass.Timeout,
            $"it took longer than its timeout of {job.Node(attempt.Node)!.Timeout}",
            "give it more time (timeout), or find out why it takes so long; nothing half-written was left"
        );

    private static NodeRun Counted(NodeRun node, RunReport report)
    {
        var before = report.Targets.Count(t => t.AlreadyCommitted);
        return node with
        {
            RowsRead = report.Sources.Sum(s => s.Rows ?? 0),
            RowsRejected = report.Sources.Sum(s => s.RejectedRows),
            RowsWritten = report.Targets.Sum(t => t.Rows),
            Bytes = report.Targets.Sum(t => t.Bytes),
            Note = before > 0 ? $"{before} of {report.Targets.Count} targets were committed before and are left as they are" : node.Note,
        };
    }
}
