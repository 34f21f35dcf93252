using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>Makes the run of a job within a job, and writes down what came of it.</summary>
internal sealed class ChildActivity(JobHub hub, NodeAttempt attempt)
{
    private readonly PinnedJob job = hub.Pinned.Of(attempt.RunId);
    private readonly NodeDocument document = hub.Documents.OpenNode(attempt.RunId, attempt.Node);

    /// <summary>Writes the document of the run; it is there already where this is done again.</summary>
    public ChildRun Begin()
    {
        var runId = NodeRunId.OfAttempt(attempt.RunId, attempt.Node, attempt.Attempt);
        var node = BegunNode.Of(hub, job, attempt) with { ChildRunId = runId };
        if (attempt.Attempt > 1)
            JobTelemetry.Retried(job.Run, attempt.Node);
        if (NodeWhen.IsFalse(hub, job, attempt.Node))
        {
            document.TryWrite(node with { Status = NodeStatus.Skipped, Ended = hub.Time.GetUtcNow() });
            return new ChildRun(null, NodeResult.LeftOut);
        }
        try
        {
            hub.Documents.Create(Make(runId));
        }
        catch (InvalidDocumentException e)
        {
            var error = NodeFailure.Of(node.Document!, e);
            document.TryWrite(node with { Status = NodeStatus.Failed, Error = error, Ended = hub.Time.GetUtcNow() });
            return new ChildRun(null, NodeResult.Failed);
        }
        document.TryWrite(node);
        return new ChildRun(runId, NodeResult.Succeeded);
    }

    /// <summary>Writes down how the job within the job ended.</summary>
    /// <param name="status">How; null where its orchestration itself failed.</param>
    public NodeResult End(JobStatus? status)
    {
        var node = hub.Documents.FindNode(attempt.RunId, attempt.Node) ?? BegunNode.Of(hub, job, attempt);
        var child = node.ChildRunId is { } runId ? hub.Documents.Find(runId) : null;
        var result = status switch
        {
            JobStatus.Completed => NodeResult.Succeeded,
            JobStatus.CompletedWithErrors => NodeResult.SucceededWithErrors,
            JobStatus.Cancelled => NodeResult.Stopped,
            _ => child?.Error?.Class is ErrorClass.Transient or ErrorClass.Timeout ? NodeResult.FailedTransiently : NodeResult.Failed,
        };
        document.TryWrite(
            node with
            {
                Status = result switch
                {
                    NodeResult.Succeeded or NodeResult.SucceededWithErrors => NodeStatus.Succeeded,
                    NodeResult.Stopped => NodeStatus.Cancelled,
                    _ => NodeStatus.Failed,
                },
                Ended = hub.Time.GetUtcNow(),
                Error = child?.Error,
                RowsRead = child?.Nodes.Sum(n => n.RowsRead) ?? 0,
                RowsWritten = child?.Nodes.Sum(n => n.RowsWritten) ?? 0,
                RowsRejected = child?.Nodes.Sum(n => n.RowsRejected) ?? 0,
                Bytes = child?.Nodes.Sum(n => n.Bytes) ?? 0,
            }
        );
        return result;
    }

    private JobRun Make(string runId)
    {
        var documents = PinnedDocument.Below(job.Run.Documents, attempt.Node);
        var own = documents.First(d => d.Node.Length == 0);
        var file = new RevisionStore(hub.Root.Storage).Read(own.Address, own.File, own.Revision);
        var findings = new Diagnostics();
        if (JobDocument.Read(file.Text, file.Name, findings) is not { IsSound: true } child)
            throw new InvalidDocumentException(findings);
        return new JobRun
        {
            RunId = runId,
            App = own.Address.App,
            Layer = own.Address.Layer,
            Job = own.Address.Id,
            Version = child.Version,
            Revision = own.Revision,
            Status = JobStatus.Queued,
            Parameters = NodeParameters.Of(job.Node(attempt.Node)!, child.Parameters, job.Values),
            Trigger = new RunTrigger(TriggerKind.Job, job.Run.Trigger.By, $"{job.Run.Job} {attempt.RunId}"),
            BusinessDate = job.Run.BusinessDate,
            Lane = job.Run.Lane,
            BackfillId = job.Run.BackfillId,
            ParentRunId = attempt.RunId,
            Queued = hub.Time.GetUtcNow(),
            Documents = documents,
        };
    }
}
