using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>Where events come from, and the raw table that they are kept in.</summary>
/// <param name="Element">The element that says it.</param>
/// <param name="Table">The raw table, as the document names it.</param>
/// <param name="Source">Where events come from.</param>
/// <param name="StartFrom"><c>earliest</c>, <c>latest</c>, or a moment.</param>
/// <param name="FailsOnMalformed">Whether an event that is no JSON object stops the stream, rather than go to the dead letters.</param>
/// <param name="SkipsGoneOffsets">Whether events that the source has deleted unread are passed over, rather than stop the stream.</param>
/// <param name="MaxEvents">The most events of a batch.</param>
/// <param name="MaxBytes">The most bytes of a batch.</param>
/// <param name="MaxDelay">How long an event waits at most until its batch is written.</param>
/// <param name="Retention">How long the raw table keeps events; null for ever.</param>
public sealed record IngestDefinition(
    Element Element,
    string Table,
    Element Source,
    string StartFrom,
    bool FailsOnMalformed,
    bool SkipsGoneOffsets,
    int MaxEvents,
    int MaxBytes,
    TimeSpan MaxDelay,
    TimeSpan? Retention
)
{
    internal static IngestDefinition Read(Element ingest) =>
        new(
            ingest,
            ingest["table"]!,
            ingest.Children[0],
            ingest["startFrom"]!,
            ingest["onMalformed"] == "fail",
            ingest["onOffsetGone"] == "skip",
            ingest.Number("maxEvents")!.Value,
            ingest.Number("maxBytes")!.Value,
            Durations.Of(ingest, "maxDelay")!.Value,
            Durations.Of(ingest, "retention")
        );
}
