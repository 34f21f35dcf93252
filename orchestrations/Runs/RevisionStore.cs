using System.Security.Cryptography;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Every document that a run has used, by the SHA-256 of its bytes: <c>data/ops/revisions/&lt;sha256&gt;.xml</c>, written once and kept for ever.</summary>
public sealed class RevisionStore(ILakeStorage storage)
{
    /// <summary>Keeps a document, if it is not kept already.</summary>
    /// <param name="document">The document as it was read.</param>
    /// <exception cref="ArgumentException">The revision is not that of the content.</exception>
    /// <exception cref="RunException">It cannot be written.</exception>
    public void Keep(DocumentFile document)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(document.Content.Span)) != document.Revision)
            throw new ArgumentException($"the content of {document.Name} is not its revision {document.Revision}", nameof(document));
        RunDocuments.Try(
            FileOf(document.Revision),
            file => storage.Find(file) is not null || storage.WriteIfAbsent(file, document.Content)
        );
    }

    /// <summary>The document of a revision.</summary>
    /// <param name="address">Whose it is, and its id.</param>
    /// <param name="name">What its findings are to call it: its path in the hub root.</param>
    /// <param name="revision">The revision.</param>
    /// <exception cref="RunException">It is not kept, damaged, or cannot be read.</exception>
    public DocumentFile Read(DocumentAddress address, string name, string revision)
    {
        var file = FileOf(revision);
        var content =
            RunDocuments.Try(file, storage.Read)
            ?? throw new RunException(
                $"revision {revision} of '{address}' is not kept: there is no {file}",
                "run the document as it is now"
            );
        var findings = new Diagnostics();
        var document =
            DocumentFile.Of(address, name, content, findings)
            ?? throw new RunException($"{file} is no document: {findings.First().Message}", findings.First().Hint);
        return document.Revision == revision
            ? document
            : throw new RunException(
                $"{file} is damaged: its content is not what its name says",
                "restore it from a backup, or run the document as it is now"
            );
    }

    private static string FileOf(string revision) =>
        revision.Length == 64 && revision.All(char.IsAsciiHexDigitLower)
            ? $"data/ops/revisions/{revision}.xml"
            : throw new ArgumentException($"'{revision}' is no SHA-256 in lower-case hexadecimal", nameof(revision));
}
