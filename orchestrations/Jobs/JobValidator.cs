using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>
/// Validates job documents against everything that can be known without running them: their form, their graph, the pipelines and jobs they name, the
/// parameters those are given, and conditions. One validator serves many documents, one after the other, and looks at each document they name once.
/// </summary>
public sealed class JobValidator : IDisposable
{
    private readonly TimeProvider time;
    private readonly JobReferences references;
    private readonly PipelineValidator pipelines;
    private readonly ExpressionBinder binder = new();
    private readonly Dictionary<HubDocument, (NodeReference? Reference, bool IsBroken)> referred = [];

    /// <summary>A validator for the jobs of a hub root.</summary>
    public JobValidator(HubRoot root, TimeProvider time)
    {
        this.time = time;
        references = new JobReferences(root);
        pipelines = new PipelineValidator(root, time);
    }

    /// <summary>Validates a document as it is, without values for its parameters other than their defaults.</summary>
    public JobValidation Validate(DocumentFile file) => Validate(file, new Dictionary<string, string>(), null);

    /// <summary>Validates a document for a run, with the parameters it is to run with.</summary>
    /// <param name="file">The document.</param>
    /// <param name="parameters">Parameters by name, in text form.</param>
    /// <param name="run">The run; null when there is none, and missing parameters are then no error.</param>
    public JobValidation Validate(DocumentFile file, IReadOnlyDictionary<string, string> parameters, RunIdentity? run)
    {
        var findings = new Diagnostics();
        var targets = new Dictionary<string, NodeReference>();
        var fallbacks = new Dictionary<string, NodeReference>();
        var conditions = new Dictionary<string, NodeCondition>();
        if (JobDocument.Read(file.Text, file.Name, findings) is not { } job)
            return new JobValidation(null, null, ParameterValues.None, targets, fallbacks, conditions, findings);
        var builtIns = new BuiltInParameters(
            file.Address.App,
            file.Address.Layer,
            file.Address.Id,
            run?.RunId,
            run?.Attempt ?? 1,
            run?.Started ?? time.GetUtcNow()
        );
        var values = ParameterValues.Of(job.Parameters, parameters, builtIns, isComplete: run is not null, findings);
        var self = new HubDocument(DocumentKind.Job, file.Address, file.Name);
        // A job that leads back here is a circle, which is told by its own rule.
        var isFirst = referred.TryAdd(self, (null, false));
        var inside = CheckInsideItself(self, job, findings);
        JobGraphCheck.Check(job, findings);
        foreach (var node in job.Nodes)
        {
            NodePolicyCheck.Check(node, findings);
            if (node.Kind != NodeKind.Approval)
                CheckReference(node, file.Address, job, values, inside.Contains(node), targets, fallbacks, findings);
            if (
                node.When is not null
                && NodeCondition.Bind(node, job.Nodes, JobGraphCheck.Upstream(node, job.Nodes), values.Types, binder, findings)
                    is { } condition
            )
                conditions[node.Id] = condition;
        }
        if (isFirst)
            referred.Remove(self);
        var graph = findings.HasErrors ? null : JobGraph.Of(job);
        return new JobValidation(job, graph, values, targets, fallbacks, conditions, findings);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pipelines.Dispose();
        binder.Dispose();
    }

    private void CheckReference(
        JobNode node,
        DocumentAddress address,
        JobDocument job,
        ParameterValues values,
        bool isInside,
        Dictionary<string, NodeReference> targets,
        Dictionary<string, NodeReference> fallbacks,
        Diagnostics findings
    )
    {
        var (kind, attribute) = node.Kind == NodeKind.Job ? (DocumentKind.Job, "job") : (DocumentKind.Pipeline, "pipeline");
        var at = node.Element.LocationOf(node.Element.Has(attribute) ? attribute : "id");
        if (Refer(kind, node.Target, node, address, at, isInside ? new Diagnostics() : findings) is { } target)
        {
            targets[node.Id] = target;
            NodeParameters.Check(node, $"the {attribute} '{node.Target}'", target.Parameters, job.Parameters, values, findings);
        }
        if (node.Fallback is null || (node.Fallback == node.Target && node.Kind == NodeKind.Pipeline))
            return;
        at = node.Element.LocationOf("fallback");
        if (Refer(DocumentKind.Pipeline, node.Fallback, node, address, at, findings) is not { } fallback)
            return;
        fallbacks[node.Id] = fallback;
        // It is given what it knows of what the node gives.
        var given = node with
        {
            Parameters = [.. node.Parameters.Where(p => fallback.Parameters.Any(d => d.Name == p.Name))],
        };
        NodeParameters.Check(given, $"the fallback '{node.Fallback}'", fallback.Parameters, job.Parameters, values, findings);
    }

    private NodeReference? Refer(DocumentKind kind, string id, JobNode node, DocumentAddress job, SourceLocation at, Diagnostics findings)
    {
        if (references.Find(kind, id, node.App ?? job.App, node.Layer, at, findings) is not { } document)
            return null;
        if (!referred.TryGetValue(document, out var known))
            referred[document] = known = Look(document);
        if (known.IsBroken)
            findings.Add(
                Rule.BrokenReference,
                at,
                $"the {kind.ToString().ToLowerInvariant()} '{document.Address}' is not valid",
                $"see: hub validate {document.Address}"
            );
        return known.Reference;
    }

    private (NodeReference?, bool IsBroken) Look(HubDocument document)
    {
        var (file, unreadable) = references.Read(document);
        if (file is null)
            return (null, unreadable.HasErrors);
        if (document.Kind == DocumentKind.Job)
        {
            var job = Validate(file);
            return (job.Document is null ? null : new NodeReference(document, file, job.Document.Parameters, null), job.Findings.HasErrors);
        }
        var pipeline = pipelines.Validate(file);
        return (
            pipeline.Document is null ? null : new NodeReference(document, file, pipeline.Document.Parameters, pipeline.Bound),
            pipeline.Findings.Any(IsOfTheDocument)
        );
    }

    // What a pipeline reads may only come to be by those that run before it.
    private static bool IsOfTheDocument(Diagnostic finding) =>
        finding.Severity == Severity.Error
        && finding.Rule != Rule.UnknownTable
        && finding.Rule != Rule.NoFiles
        && finding.Rule != Rule.MissingFile;

    /// <summary>Reports the nodes through which a job is a part of itself, and gives them.</summary>
    private HashSet<JobNode> CheckInsideItself(HubDocument self, JobDocument job, Diagnostics findings)
    {
        var inside = new HashSet<JobNode>();
        foreach (var node in job.Nodes.Where(n => n.Kind == NodeKind.Job))
        {
            if (Job(node, self.Address.App) is not { } first || WayTo(self, first, [first]) is not { } way)
                continue;
            inside.Add(node);
            findings.Add(
                Rule.JobInsideItself,
                node.Location,
                $"the job is a part of itself: {string.Join(" → ", way.Prepend(self.Address.Id))}",
                "take one of these jobs out of the other"
            );
        }
        return inside;
    }

    private HubDocument? Job(JobNode node, string app) =>
        references.Find(DocumentKind.Job, node.Target, node.App ?? app, node.Layer, node.Location, new Diagnostics());

    /// <summary>The ids of the jobs from one down to another that it holds, directly or not; null when it does not.</summary>
    private List<string>? WayTo(HubDocument sought, HubDocument from, HashSet<HubDocument> seen)
    {
        if (from == sought)
            return [sought.Address.Id];
        if (references.Read(from).File is not { } file || JobDocument.Read(file.Text, file.Name, new Diagnostics()) is not { } job)
            return null;
        foreach (var node in job.Nodes.Where(n => n.Kind == NodeKind.Job))
            if (Job(node, from.Address.App) is { } next && seen.Add(next) && WayTo(sought, next, seen) is { } way)
                return [from.Address.Id, .. way];
        return null;
    }
}
