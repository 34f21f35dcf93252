using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host;

/// <summary>Validates documents of any kind. Not safe for use by several threads at once.</summary>
internal sealed class DocumentValidator(HubRoot root) : IDisposable
{
    private readonly Lazy<PipelineValidator> pipelines = new(() => new PipelineValidator(root, TimeProvider.System));

    private JobValidator? jobs;
    private StreamValidator? streams;

    /// <summary>What is found about a document.</summary>
    public Diagnostics Validate(HubDocument document)
    {
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is { } file)
            findings.AddRange(
                document.Kind switch
                {
                    DocumentKind.Job => OfJob(file),
                    DocumentKind.Stream => OfStream(file),
                    _ => pipelines.Value.Validate(file).Findings,
                }
            );
        return findings;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (pipelines.IsValueCreated)
            pipelines.Value.Dispose();
        if (jobs is not null)
            DisposeJobs();
        if (streams is not null)
            DisposeStreams();
    }

    // Methods of their own, so that whoever validates pipelines alone does not load the code of jobs and streams.
    private Diagnostics OfJob(DocumentFile file) => (jobs ??= new JobValidator(root, TimeProvider.System)).Validate(file).Findings;

    private void DisposeJobs() => jobs!.Dispose();

    private Diagnostics OfStream(DocumentFile file) => (streams ??= new StreamValidator(root)).Validate(file).Findings;

    private void DisposeStreams() => streams!.Dispose();
}
