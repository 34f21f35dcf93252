using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Running;

/// <summary>Reads the documents of streams that are to be run.</summary>
public static class StreamFile
{
    /// <summary>The stream that a document is.</summary>
    /// <param name="root">The hub.</param>
    /// <param name="document">The document.</param>
    /// <exception cref="InvalidDocumentException">The document is wrong; the findings say where.</exception>
    /// <exception cref="Pipelines.Connectors.RunException">The file cannot be read.</exception>
    public static StreamDefinition Read(HubRoot root, HubDocument document)
    {
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is not { } file)
            throw new InvalidDocumentException(findings);
        var stream = StreamDocument.Read(file.Text, file.Name, file.Address.Layer, findings);
        return stream is null || findings.Any(f => f.Severity == Severity.Error)
            ? throw new InvalidDocumentException(findings)
            : new StreamDefinition(file.Address, stream, file.Revision);
    }
}
