using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations;

/// <summary>Finds and keeps every document that a run will use, so that whoever uploads another revision meanwhile does not change the run.</summary>
internal sealed class JobPins(HubRoot root)
{
    // A job within a job within a job; a circle is refused by validation, and ends here if it was uploaded since.
    private const int MostLevels = 10;

    private readonly RevisionStore revisions = new(root.Storage);

    /// <summary>A document as it is now, and all that a run of it will use.</summary>
    /// <exception cref="RunException">It is not there, or not readable.</exception>
    /// <exception cref="InvalidDocumentException">It is no such document.</exception>
    public (IReadOnlyList<PinnedDocument> Documents, JobDocument? Job, DocumentFile File) Latest(DocumentKind kind, DocumentAddress address)
    {
        var document = root.Document(kind, address);
        var file = DocumentFile.ReadOrThrow(root, document);
        var job = kind == DocumentKind.Job ? Job(file) : null;
        return (Of(document, file, job), job, file);
    }

    /// <summary>The documents of a run, its own first.</summary>
    /// <param name="document">The job or pipeline.</param>
    /// <param name="file">It, as it was read.</param>
    /// <param name="job">What it says; null for a pipeline.</param>
    /// <exception cref="RunException">A document that a node names is not there or not readable.</exception>
    /// <exception cref="InvalidDocumentException">A job within the job is no job.</exception>
    public IReadOnlyList<PinnedDocument> Of(HubDocument document, DocumentFile file, JobDocument? job)
    {
        var pinned = new List<PinnedDocument> { Pin(job is null ? document.Address.Id : "", false, document, file) };
        if (job is null)
            pinned.Insert(0, pinned[0] with { Node = "" });
        else
            AddNodes(pinned, new JobReferences(root), "", document.Address, job, 1);
        return pinned;
    }

    private void AddNodes(
        List<PinnedDocument> pinned,
        JobReferences references,
        string prefix,
        DocumentAddress owner,
        JobDocument job,
        int level
    )
    {
        if (level > MostLevels)
            throw new RunException($"jobs are within each other more than {MostLevels} deep", "flatten them");
        foreach (var node in job.Nodes.Where(n => n.Kind != NodeKind.Approval))
        {
            var kind = node.Kind == NodeKind.Job ? DocumentKind.Job : DocumentKind.Pipeline;
            var (document, file) = Read(references, kind, owner, node, node.Target);
            pinned.Add(Pin(prefix + node.Id, false, document, file));
            if (node.Fallback is { } fallback)
            {
                var (other, otherFile) = Read(references, DocumentKind.Pipeline, owner, node, fallback);
                pinned.Add(Pin(prefix + node.Id, true, other, otherFile));
            }
            if (kind == DocumentKind.Job)
                AddNodes(pinned, references, $"{prefix}{node.Id}/", document.Address, Job(file), level + 1);
        }
    }

    private static (HubDocument, DocumentFile) Read(
        JobReferences references,
        DocumentKind kind,
        DocumentAddress owner,
        JobNode node,
        string id
    )
    {
        var findings = new Diagnostics();
        var document = references.Find(kind, id, node.App ?? owner.App, node.Layer, node.Location, findings);
        if (document is null)
            throw new InvalidDocumentException(findings);
        var (file, unreadable) = references.Read(document);
        return (document, file ?? throw new InvalidDocumentException(unreadable));
    }

    private static JobDocument Job(DocumentFile file)
    {
        var findings = new Diagnostics();
        return JobDocument.Read(file.Text, file.Name, findings) is { IsSound: true } job
            ? job
            : throw new InvalidDocumentException(findings);
    }

    private PinnedDocument Pin(string node, bool isFallback, HubDocument document, DocumentFile file)
    {
        revisions.Keep(file);
        return new PinnedDocument(node, isFallback, document.Address, document.File, file.Revision);
    }
}
