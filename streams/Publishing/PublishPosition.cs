using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Publishing;

/// <summary>Up to which version of a summary its rows were sent.</summary>
/// <param name="Version">The version.</param>
/// <param name="At">When they were.</param>
internal sealed record PublishPosition(long Version, DateTimeOffset At)
{
    /// <summary>What the position of a publication is called among what the hub remembers of its stream.</summary>
    public static string NameOf(PublishDefinition publish) => $"publish-{Uri.EscapeDataString(publish.Name)}";
}
