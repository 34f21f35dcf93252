using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
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
        using var validator = new StreamValidator(root);
        var validation = validator.Validate(file);
        return validation.Definition ?? throw new InvalidDocumentException(validation.Findings);
    }
}
