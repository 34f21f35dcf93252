using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// Runs a pipeline: validates it, opens what it needs, computes and stages every target, and only then commits them, one after the other. A run
/// that fails or dies before its first commit has changed nothing; one that dies between two commits is finished by the next run.
/// </summary>
public sealed class PipelineRunner(HubRoot root, RunOptions options, TimeProvider time)
{
    /// <summary>Runs a pipeline to its end.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="watcher">Told what happens, from any thread; null for none.</param>
    /// <param name="cancellation">Cancels: what is not committed yet is undone.</param>
    /// <returns>The report, also of a run that failed or was cancelled.</returns>
    /// <exception cref="InvalidDocumentException">The document or its parameters are wrong; nothing was begun.</exception>
    /// <exception cref="RunException">The run cannot be begun.</exception>
    public RunReport Run(RunRequest request, IProgress<RunEvent>? watcher = null, CancellationToken cancellation = default)
    {
        using var running = RunLock.Take(root, request.Document.Address);
        var state = SourceState.Load(root, request.Document.Address);
        if (state.Pending is { } pending && pending.RunId != request.RunId)
        {
            var finished = Attempt(Resume(request, pending), state, running, watcher, cancellation) with { Resumed = pending.RunId };
            // What was asked for is done if it is the same as what was interrupted; doing it once more would double it.
            if (finished.Status != RunStatus.Succeeded || IsSame(request, pending))
                return finished;
            state = SourceState.Load(root, request.Document.Address);
        }
        return Attempt(request, state, running, watcher, cancellation);
    }

    private static RunRequest Resume(RunRequest request, PendingRun pending) =>
        request with
        {
            RunId = pending.RunId,
            Parameters = pending.Parameters,
            Attempt = pending.Attempt + 1,
        };

    private static bool IsSame(RunRequest request, PendingRun pending) =>
        request.RunId is null && request.Parameters.All(p => pending.Parameters.TryGetValue(p.Key, out var before) && before == p.Value);

    private RunReport Attempt(
        RunRequest request,
        SourceState state,
        StorageLock running,
        IProgress<RunEvent>? watcher,
        CancellationToken cancellation
    )
    {
        var before = request.RunId is { } again ? RunRecord.Find(root, again) : null;
        using var telemetry = new PipelineTelemetry(request.Document.Address);
        try
        {
            using var run = new PipelineRun(root, options, time, request, state, running, watcher);
            var report = run.Execute(cancellation);
            telemetry.Ended(report);
            RunRecord.Write(root, report, before);
            return report;
        }
        catch (Exception e)
        {
            telemetry.Aborted(e);
            throw;
        }
    }
}
