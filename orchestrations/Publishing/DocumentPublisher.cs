using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Publishing;

/// <summary>What is found about a document.</summary>
/// <param name="document">Which document.</param>
/// <param name="file">The document as it was read.</param>
public delegate Diagnostics ValidateDocument(HubDocument document, DocumentFile file);

/// <summary>
/// Publishes what is uploaded into the configuration. A document that is right is kept as a revision and is the published one from then on. One that is
/// not is refused: a report is put beside it, and the one that was published before is put back in its place.
/// </summary>
/// <param name="root">The hub root.</param>
/// <param name="validate">Validates a document.</param>
/// <param name="time">The clock.</param>
public sealed class DocumentPublisher(HubRoot root, ValidateDocument validate, TimeProvider time)
{
    /// <summary>The ending of the report on a document that was refused.</summary>
    public const string ReportEnding = ".refused.json";

    /// <summary>The ending of a document that was refused, where another one was put back in its place.</summary>
    public const string RefusedEnding = ".refused";

    private static readonly JsonSerializerOptions ReportJson = new(DurableJson.Options) { WriteIndented = true };

    private readonly RevisionStore revisions = new(root.Storage);

    /// <summary>Publishes or refuses what is there now. To do it again does no harm.</summary>
    /// <param name="path">The file, relative to the hub root.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>What came of it; null where the file is no document, or is gone.</returns>
    /// <exception cref="RunException">The storage fails, or another process publishes the same file.</exception>
    /// <exception cref="IOException">The storage fails.</exception>
    public async Task<Publication?> Publish(string path, CancellationToken ct)
    {
        using var turn =
            root.Storage.TryLock($".hub/locks/publish.{path.Replace('/', '.')}.lock")
            ?? throw new RunException($"{path} is being published by another process", "try again in a minute", isTransient: true);
        root.Refresh();
        if (root.DocumentAt(path) is not { } document || root.Storage.Find(path) is not { } uploaded)
            return null;
        var content = root.Storage.Read(path);
        if (content is null)
            return null;
        var findings = new Diagnostics();
        var file = DocumentFile.Of(document.Address, path, content, findings);
        if (file is not null)
            findings.AddRange(validate(document, file));
        return findings.HasErrors ? Refuse(document, uploaded, content, findings) : await Accept(document, file!, ct);
    }

    private async Task<Publication> Accept(HubDocument document, DocumentFile file, CancellationToken ct)
    {
        revisions.Keep(file);
        await StateOf(document.File)
            .Update(
                before =>
                    before?.Revision == file.Revision ? before : new PublishedDocument(document.Address, file.Revision, time.GetUtcNow()),
                ct
            );
        root.Storage.Delete(document.File + ReportEnding);
        root.Storage.Delete(document.File + RefusedEnding);
        return new Publication(document, file.Revision, IsAccepted: true, []);
    }

    private Publication Refuse(HubDocument document, StoredFile uploaded, byte[] content, Diagnostics findings)
    {
        var before = StateOf(document.File).Read();
        var refusal = new RefusalReport(
            document.File,
            time.GetUtcNow(),
            before?.Revision,
            [.. findings.Select(f => new RefusalFinding(f))]
        );
        Put(document.File + ReportEnding, JsonSerializer.SerializeToUtf8Bytes(refusal, ReportJson));
        if (before is not null)
        {
            Put(document.File + RefusedEnding, content);
            var published = revisions.Read(before.Address, document.File, before.Revision);
            // Where something newer has come meanwhile, that is looked at by itself.
            root.Storage.TryReplace(document.File, published.Content, uploaded);
            root.Refresh();
        }
        return new Publication(document, before?.Revision, IsAccepted: false, refusal.Findings);
    }

    private StateDocument<PublishedDocument> StateOf(string path) => new(root.Storage, $"data/ops/published/{path}.json");

    private void Put(string path, byte[] content) => root.Storage.TryReplace(path, content, root.Storage.Find(path));
}

/// <summary>Which revision of a document is the published one.</summary>
/// <param name="Address">Whose it is.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Published">Since when.</param>
internal sealed record PublishedDocument(DocumentAddress Address, string Revision, DateTimeOffset Published);
