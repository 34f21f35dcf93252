using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>Sends the rows of a summary that changed.</summary>
/// <param name="Element">The element that says it.</param>
/// <param name="Driver">The driver whose summary it is.</param>
/// <param name="IsCloudEvent">Whether a row is sent as the data of a CloudEvent.</param>
/// <param name="Sink">Where it is sent: <c>kafka</c> or <c>eventHub</c>.</param>
public sealed record PublishDefinition(Element Element, string Driver, bool IsCloudEvent, Element Sink)
{
    /// <summary>By what it is known in its stream: the driver, and the topic or event hub.</summary>
    public string Name => $"{Driver}-{Topic}";

    /// <summary>The topic, or the event hub.</summary>
    public string Topic => (Sink.Spec.Name == "kafka" ? Sink["topic"] : Sink["name"])!;

    internal static PublishDefinition Read(Element publish) =>
        new(publish, publish["driver"]!, publish["format"] == "cloudEvents", publish.Children[0]);
}
