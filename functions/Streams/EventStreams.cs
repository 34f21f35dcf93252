using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Kafka;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions.Streams;

/// <summary>
/// The hub's streams that nobody has paused. A document is read again when its file has changed, or one that it names; what is wrong with one is told, and keeps no other from
/// its events.
/// </summary>
/// <param name="root">The hub.</param>
/// <param name="settings">Which event hub a trigger brings events of.</param>
/// <param name="control">Tells which streams are paused.</param>
/// <param name="logger">Where it says what is wrong.</param>
internal sealed class EventStreams(HubRoot root, HubSettings settings, StreamControl control, ILogger<EventStreams> logger)
{
    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>Those whose events a trigger brings.</summary>
    public IEnumerable<StreamDefinition> Triggered() => All().Where(k => k.IsTriggered).Select(k => k.Stream!);

    /// <summary>Those that read their sources themselves; not those that only take what is sent to them.</summary>
    public IEnumerable<StreamDefinition> Reading() =>
        All().Where(k => !k.IsTriggered && k.Stream!.Document.Ingest!.Source.Spec.Name != "http").Select(k => k.Stream!);

    private IEnumerable<Known> All() =>
        root.Documents(DocumentKind.Stream)
            .Select(Of)
            .Where(k => k?.Stream is { Document.Ingest: not null } stream && control.PauseOf(stream.Address) is null)
            .Select(k => k!);

    private Known? Of(HubDocument document)
    {
        var file = new FileInfo(root.Locate(document.File));
        if (!file.Exists)
            return null;
        if (
            known.TryGetValue(document.File, out var before)
            && (before.Modified, before.Size) == (file.LastWriteTimeUtc, file.Length)
            && before.Stream?.IsCurrent != false
        )
            return before;
        var (stream, isTriggered) = Read(document);
        return known[document.File] = new(file.LastWriteTimeUtc, file.Length, stream, isTriggered);
    }

    private (StreamDefinition? Stream, bool IsTriggered) Read(HubDocument document)
    {
        try
        {
            var stream = StreamFile.Read(root, document);
            return (stream, EventHubAddress.Of(stream, root) is { } address && address == settings.EventHub);
        }
        catch (InvalidDocumentException e)
        {
            Logs.StreamRefused(logger, document.File, e.Findings.First().Message);
        }
        catch (RunException e)
        {
            Logs.StreamRefused(logger, document.File, e.Message);
        }
        return (null, false);
    }

    private sealed record Known(DateTime Modified, long Size, StreamDefinition? Stream, bool IsTriggered);
}
