using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions.Streams;

/// <summary>The streams that read event hubs. A document is read again when its file has changed; what is wrong with one is told, and keeps no other from its events.</summary>
internal sealed class EventStreams(HubRoot root, ILogger<EventStreams> logger)
{
    private const string EventHub = "eventHub";
    private readonly ConcurrentDictionary<string, (DateTime Modified, long Size, StreamDefinition? Stream)> known = new(
        StringComparer.Ordinal
    );

    /// <summary>The streams, each with the event hub that it reads.</summary>
    public IEnumerable<(StreamDefinition Stream, string EventHub)> All() =>
        root.Documents(DocumentKind.Stream)
            .Select(Of)
            .OfType<StreamDefinition>()
            .Where(stream => stream.Document.Ingest?.Source.Spec.Name == EventHub)
            .Select(stream => (stream, stream.Document.Ingest!.Source["name"]!));

    private StreamDefinition? Of(HubDocument document)
    {
        var file = new FileInfo(root.Locate(document.File));
        if (!file.Exists)
            return null;
        if (known.TryGetValue(document.File, out var before) && (before.Modified, before.Size) == (file.LastWriteTimeUtc, file.Length))
            return before.Stream;
        StreamDefinition? stream = null;
        try
        {
            stream = StreamFile.Read(root, document);
        }
        catch (InvalidDocumentException e)
        {
            Logs.StreamRefused(logger, document.File, e.Findings.First().Message);
        }
        known[document.File] = (file.LastWriteTimeUtc, file.Length, stream);
        return stream;
    }
}
