using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub streams list --json</c> prints.</summary>
/// <param name="Streams">The streams, by application, layer and id.</param>
internal sealed record StreamListOutput(IReadOnlyList<StreamListEntry> Streams)
{
    public static StreamListOutput Of(HubRoot root)
    {
        var control = new StreamControl(root, TimeProvider.System);
        return new([.. root.Documents(DocumentKind.Stream).Select(Entry)]);

        StreamListEntry Entry(HubDocument document)
        {
            var findings = new Diagnostics();
            var stream = DocumentFile.Read(root, document, findings) is { } file
                ? StreamDocument.Read(file.Text, file.Name, file.Address.Layer, findings)
                : null;
            return new(
                document.Address.App,
                document.Address.Layer,
                document.Address.Id,
                document.File,
                stream?.Ingest?.Source.Spec.Name,
                stream?.Ingest?.Table,
                !findings.HasErrors,
                control.PauseOf(document.Address)
            );
        }
    }
}

/// <summary>A stream.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Id">The id.</param>
/// <param name="File">The document, relative to the hub root.</param>
/// <param name="Source">What its events come from: kafka, eventHub, http, poll, files; absent where the document cannot be read.</param>
/// <param name="Table">The raw table, as the document names it.</param>
/// <param name="IsSound">Whether the document's form is right; 'hub validate' looks at what its names mean too.</param>
/// <param name="Paused">Who has paused it; absent if nobody has.</param>
internal sealed record StreamListEntry(
    string App,
    string Layer,
    string Id,
    string File,
    string? Source,
    string? Table,
    bool IsSound,
    StreamPause? Paused
);
