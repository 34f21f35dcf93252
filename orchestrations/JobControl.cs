using System.Text.Json;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations;

/// <summary>What people and programs do to runs: cancel, approve, do again, undo. Every refusal says what there is instead.</summary>
public sealed class JobControl(JobHub hub)
{
    /// <summary>Asks a run to end.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="stop">Whether what runs is stopped, rather than let finish.</param>
    /// <param name="ct">Ends the call.</param>
    /// <exception cref="RunException">There is no such run, or it has ended.</exception>
    public async Task Cancel(string runId, string by, bool stop, CancellationToken ct)
    {
        Open(runId);
        if (!await hub.Client.RaiseEvent(runId, JobEvents.Cancel, new CancelRequest(by, stop), ct))
            throw new RunException($"run {runId} has just ended", $"'hub runs show {runId}' tells how");
    }

    /// <summary>Decides on an approval that a run waits for.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="node">The approval; null for the only one that waits.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="ct">Ends the call.</param>
    /// <exception cref="RunException">There is no such run or approval, nothing waits, or whoever decides is not one of the approvers.</exception>
    public async Task Decide(string runId, string? node, ApprovalDecision decision, CancellationToken ct)
    {
        var run = Open(runId);
        var waiting = run.Nodes.Where(n => n.Status == NodeStatus.WaitingForApproval).Select(n => n.Node).ToArray();
        if (waiting.Length == 0)
            throw new RunException($"run {runId} waits for no approval", $"'hub runs show {runId}' tells where it stands");
        if (node is null && waiting.Length > 1)
            throw new RunException($"run {runId} waits for several approvals", $"say which: {string.Join(" or ", waiting)}");
        node ??= waiting[0];
        if (!waiting.Contains(node))
            throw new RunException($"run {runId} does not wait for '{node}'", $"it waits for: {string.Join(", ", waiting)}");
        var approvers = Approvers(run, node);
        if (approvers.Count > 0 && !approvers.Contains(decision.By, StringComparer.OrdinalIgnoreCase))
            throw new RunException($"'{decision.By}' may not decide on '{node}'", $"ask one of: {string.Join(", ", approvers)}");
        if (!await hub.Client.RaiseEvent(runId, JobEvents.Approval(node), decision, ct))
            throw new RunException($"run {runId} has just ended", $"'hub runs show {runId}' tells how");
    }

    /// <summary>Who may decide on an approval that a run waits for; empty for anyone, and where it does not wait for it.</summary>
    /// <exception cref="RunException">The run's document is not kept.</exception>
    public IReadOnlyList<string> Approvers(JobRun run, string node) =>
        !run.HasEnded && run.Nodes.Any(n => n.Node == node && n.Status == NodeStatus.WaitingForApproval)
            ? hub.Pinned.Of(run.RunId).Node(node)!.Approvers
            : [];

    /// <summary>Makes the run that does another one again, as far as is wanted.</summary>
    /// <param name="runId">The run that is done again.</param>
    /// <param name="wish">What of it.</param>
    /// <param name="by">Who wants it.</param>
    /// <returns>The run, to be started by <see cref="JobStarter"/>, and what whoever wants it should know.</returns>
    /// <exception cref="RunException">There is no such run, or it cannot be done again that way.</exception>
    /// <exception cref="InvalidDocumentException">The document is wrong as it is now, or a parameter is.</exception>
    public (JobRun Run, IReadOnlyList<string> Warnings) Rerun(string runId, RerunWish wish, string by)
    {
        var before = hub.History.Find(runId) ?? throw Unknown(runId);
        var (documents, job, file) = Documents(before, wish.Latest);
        var nodes = job is null
            ? [new RerunNode(before.Job, [], file.Revision)]
            : job.Nodes.Select(n => new RerunNode(n.Id, n.DependsOn, Revision(documents, n.Id))).ToArray();
        var parameters = wish.Parameters is null ? before.Parameters : Merged(before.Parameters, wish.Parameters);
        if (wish.Latest || wish.Parameters is not null)
            Check(before, job, file, parameters);
        var plan = RerunPlan.Of(
            before,
            new RerunRequest(wish.Mode, wish.From, file.Revision, nodes, parameters, Committed(before))
            {
                IsUndone = hub.Undo.Find(runId) is not null,
            }
        );
        if (plan.Refusal is { } refusal)
            throw new RunException(refusal);
        var now = hub.Time.GetUtcNow();
        return (
            before with
            {
                RunId = RunId.New(hub.Time),
                Revision = file.Revision,
                Status = JobStatus.Queued,
                Parameters = parameters,
                Trigger = new RunTrigger(TriggerKind.Rerun, by, wish.Mode.ToString().ToLowerInvariant()),
                RerunOf = runId,
                ParentRunId = null,
                Queued = now,
                Started = null,
                Ended = null,
                Error = null,
                Due = before.Due is { } due ? now + (due - (before.Trigger.Scheduled ?? before.Queued)) : null,
                Sla = before.Sla is null ? null : SlaStatus.Open,
                Documents = documents,
                Nodes = [.. plan.Nodes.Select(n => Planned(n, before))],
            },
            plan.Warnings
        );
    }

    private static void Check(JobRun before, JobDocument? job, DocumentFile file, IReadOnlyDictionary<string, string> parameters)
    {
        var findings = new Diagnostics();
        var declared = job?.Parameters ?? PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, null, findings)?.Parameters;
        if (!findings.HasErrors)
            JobParameters.Of(
                declared!,
                new DocumentAddress(before.App, before.Layer, before.Job),
                parameters,
                before.RunId,
                before.Queued,
                findings
            );
        if (findings.HasErrors)
            throw new InvalidDocumentException(findings);
    }

    private static NodeRun Planned(PlannedNode planned, JobRun before)
    {
        var was = before.Nodes.FirstOrDefault(n => n.Node == planned.Node);
        return planned.KeptFrom is { } from
            ? was! with
            {
                Status = NodeStatus.Succeeded,
                KeptFrom = from,
                Note = planned.Note ?? $"kept from run {from}",
            }
            : new NodeRun
            {
                Node = planned.Node,
                Kind = was?.Kind ?? NodeKind.Pipeline,
                Status = NodeStatus.Waiting,
                Document = was?.Document,
                ChildRunId = planned.ChildRunId,
                Note = planned.Note,
            };
    }

    private (IReadOnlyList<PinnedDocument> Documents, JobDocument? Job, DocumentFile File) Documents(JobRun before, bool latest)
    {
        if (!latest)
        {
            var own = before.Documents[0];
            var file = new RevisionStore(hub.Root.Storage).Read(own.Address, own.File, own.Revision);
            return (before.Documents, PinnedJob.Read(hub.Root, before).Job, file);
        }
        var kind = before.Kind == RunKind.Job ? DocumentKind.Job : DocumentKind.Pipeline;
        return new JobPins(hub.Root).Latest(kind, new DocumentAddress(before.App, before.Layer, before.Job));
    }

    /// <summary>The targets that nodes which did not succeed had committed, by the reports of their pipelines.</summary>
    private Dictionary<string, IReadOnlyList<string>> Committed(JobRun run) =>
        run
            .Nodes.Where(n => n is { Kind: NodeKind.Pipeline, ChildRunId: not null, Status: NodeStatus.Failed or NodeStatus.Cancelled })
            .ToDictionary(n => n.Node, n => Targets(hub.History.PipelineReports(n.ChildRunId!)));

    private static IReadOnlyList<string> Targets(IReadOnlyList<string> reports) =>
        reports.Count == 0
            ? []
            :
            [
                .. JsonDocument
                    .Parse(reports[0])
                    .RootElement.GetProperty("targets")
                    .EnumerateArray()
                    .Select(t => t.GetProperty("name").GetString()!),
            ];

    private static Dictionary<string, string> Merged(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        var merged = new Dictionary<string, string>(before);
        foreach (var (name, value) in now)
            merged[name] = value;
        return merged;
    }

    private static string? Revision(IReadOnlyList<PinnedDocument> documents, string node) =>
        documents.FirstOrDefault(d => d.Node == node && !d.IsFallback)?.Revision;

    private JobRun Open(string runId)
    {
        var run = hub.Documents.Find(runId) ?? hub.History.Find(runId) ?? throw Unknown(runId);
        return run.HasEnded
            ? throw new RunException($"run {runId} has ended: {run.Status}", "only a run that goes on can be acted on")
            : run;
    }

    private static RunException Unknown(string runId) => new($"there is no run '{runId}'", "'hub runs list' shows those that are there");
}

/// <summary>How a run is to be done again.</summary>
/// <param name="Mode">What of it.</param>
/// <param name="From">The node from which on, for <see cref="RerunMode.From"/>; otherwise null.</param>
/// <param name="Latest">Whether with the documents as they are now, rather than as they were.</param>
/// <param name="Parameters">Parameters that are others than those of the run; null for none.</param>
public sealed record RerunWish(RerunMode Mode, string? From, bool Latest, IReadOnlyDictionary<string, string>? Parameters);
