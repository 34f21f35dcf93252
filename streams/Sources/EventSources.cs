using ServerlessHub.Streams.Kafka;
using ServerlessHub.Streams.Polling;

namespace ServerlessHub.Streams.Sources;

/// <summary>The sources there are, by the elements that name them.</summary>
internal static class EventSources
{
    /// <summary>Opens the source that a stream's document names.</summary>
    /// <exception cref="Pipelines.Connectors.RunException">It cannot be opened.</exception>
    public static IEventSource Open(SourceContext context) =>
        context.Ingest.Source.Spec.Name switch
        {
            "kafka" or "eventHub" => new KafkaSource(context),
            "http" => new HttpSource(context),
            "poll" => new PollSource(context),
            "files" => new FilesSource(context),
            var other => throw new ArgumentException($"There is no source '{other}'.", nameof(context)),
        };
}
