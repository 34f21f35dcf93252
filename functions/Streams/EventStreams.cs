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
    private readonly StreamFiles files = new(root);
    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>Those whose events a trigger brings.</summary>
    public IEnumerable<StreamDefinition> Triggered() => All().Where(k => k.IsTriggered).Select(k => k.Stream!);

    /// <summary>Those that read their sources themselves; not those that only take what is sent to them.</summary>
    public IEnumerable<StreamDefinition> Reading() =>
        All().Where(k => !k.IsTriggered && k.Stream!.Document.Ingest!.Source.Spec.Name != "http").Select(k => k.Stream!);

    private IEnumerable<Known> All() =>
        root.Documents(DocumentKind.Stream)
            .Select(Of)
            .Where(k => k.Stream is { Document.Ingest: not null } stream && control.PauseOf(stream.Address) is null);

    private Known Of(HubDocument document)
    {
        var (stream, problem) = files.Read(document);
        var before = known.GetValueOrDefault(document.File);
        if (before is not null && ReferenceEquals(stream, before.Stream) && problem == before.Problem)
            return before;
        var isTriggered = false;
        try
        {
            isTriggered = stream is not null && EventHubAddress.Of(stream, root) is { } address && address == settings.EventHub;
        }
        catch (RunException e)
        {
            (stream, problem) = (null, e.Message);
        }
        // Once, and not each time that it is looked at.
        if (problem is not null && problem != before?.Problem)
            Logs.StreamRefused(logger, document.File, problem);
        return known[document.File] = new(stream, problem, isTriggered);
    }

    private sealed record Known(StreamDefinition? Stream, string? Problem, bool IsTriggered);
}
